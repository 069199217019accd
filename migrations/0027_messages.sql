-- What a message read before its edits, for agents alone, and apart from the log: whoever reads the log reads what is
-- true now. said_seq is the entry that said it, the message itself or an edit. change_message() keeps them, and
-- a deletion takes them all.
create table former_texts (
    conversation_id uuid not null,
    lane            smallint not null,
    target_seq      bigint not null,
    said_seq        bigint not null,
    body            jsonb not null,
    primary key (conversation_id, lane, target_seq, said_seq)
);

-- The reactions that stand now, so that their kinds can be counted under the lock without walking a long log. A trigger
-- keeps them, so that what a process of the version before appends is counted too.
create table reactions (
    conversation_id uuid not null,
    lane            smallint not null,
    target_seq      bigint not null,
    emoji           text not null,
    user_id         integer not null,
    primary key (conversation_id, lane, target_seq, emoji, user_id)
);

create function keep_reaction() returns trigger
language plpgsql
as $$
begin
    if (new.body ->> 'on')::boolean then
        insert into reactions (conversation_id, lane, target_seq, emoji, user_id)
        values (new.conversation_id, new.lane, new.target_seq, new.body ->> 'emoji', new.sender_id)
            on conflict do nothing;
    else
        delete from reactions r
         where r.conversation_id = new.conversation_id and r.lane = new.lane and r.target_seq = new.target_seq
           and r.emoji = new.body ->> 'emoji' and r.user_id = new.sender_id;
    end if;
    return null;
end
$$;

insert into reactions (conversation_id, lane, target_seq, emoji, user_id)
select conversation_id, lane, target_seq, body ->> 'emoji', sender_id
  from (select distinct on (e.conversation_id, e.lane, e.target_seq, e.body ->> 'emoji', e.sender_id) e.*
          from entries e
         where e.type = 'reaction_changed' and e.target_seq is not null and e.body ->> 'emoji' is not null
         order by e.conversation_id, e.lane, e.target_seq, e.body ->> 'emoji', e.sender_id, e.seq desc) latest
 where (body ->> 'on')::boolean;

create trigger reaction
    after insert on entries
    for each row when (new.type = 'reaction_changed')
    execute function keep_reaction();
