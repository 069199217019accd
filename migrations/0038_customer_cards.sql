-- What the team knows of a customer beside name and address, and by whom: 'signed' and 'unsigned' are the website's word,
-- with and without its signature. Null is nobody's: the name that a visitor was given. Attributes keep the order in which
-- the website said them, so they are json and not jsonb.
alter table users
    add column phone               text,
    add column name_by             text,
    add column email_by            text,
    add column phone_by            text,
    add column signed_attributes   json,
    add column unsigned_attributes json,
    add column device              jsonb,
    add column card_version        bigint not null default 0;

-- A row of the list tells the version, so that whoever shows the customer reads them again.
create trigger touch_conversations_of_card after update of card_version on users
    for each row when (old.card_version <> new.card_version
                       and old.name is not distinct from new.name and old.email is not distinct from new.email)
    execute function touch_conversations();
