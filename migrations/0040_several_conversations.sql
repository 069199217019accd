-- A customer may begin a further conversation. The name that their client gave the beginning makes a repeated one safe.
alter table conversations add column client_id uuid;
create unique index conversations_begun on conversations (customer_id, client_id) where client_id is not null;
