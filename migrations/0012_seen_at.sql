-- When a customer's browser last asked by REST. Sockets leave their trace in user_presence; where WebSockets are blocked,
-- this is all there is of a visitor who reads and does not write.
alter table sessions add column seen_at timestamptz not null default now();
