-- What agents write down about a person, for each other.
create table customer_notes (
    id          integer generated always as identity primary key,
    customer_id integer not null references users (id) on delete cascade,
    author_id   integer not null references users (id),
    text        text not null,
    created_at  timestamptz not null default now(),
    edited_at   timestamptz
);
create index customer_notes_of_customer on customer_notes (customer_id, id);
create index customer_notes_of_author on customer_notes (author_id);
