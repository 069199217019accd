-- An agent's address is stored as it is compared: NFKC, ASCII letters small, no space or dot at its ends. What a
-- database makes of other capitals depends on its locale, and must not decide whose password is asked for. Where two
-- agents would become one, the later one keeps the address as it is. The index on lower(email) stays for processes of the version before.
update users u
   set email = f.email
  from (select distinct on (a.email) a.id, a.email
          from (select id,
                       regexp_replace(
                           lower((case when email ~ '[^\x01-\x7f]' then normalize(email, nfkc) else email end)
                                 collate "C"), '^\s+|[\s.]+$', '', 'g') as email
                  from users
                 where role = 'agent' and email is not null) a
         order by a.email, a.id) f
 where u.id = f.id and u.email <> f.email
   and not exists (select from users other
                    where other.role = 'agent' and other.id <> u.id and lower(other.email) = lower(f.email));
create unique index users_login on users (email) where role = 'agent';

-- Set when a token was handed out again long after the first time, because the first answer was lost.
alter table refresh_tokens add column repeated_at timestamptz;

-- A session is added by every sign-in from a new browser, for as long as the installation lives.
alter table sessions alter column id type bigint;
