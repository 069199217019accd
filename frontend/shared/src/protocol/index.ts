// Generated from app/protocol/ by `python -m app.protocol.typescript`; a test fails when it is stale.

export const VERSION = 1;
export const FRAME_BYTES = 65536;
export const TEXT_CHARS = 16000;

export type Role = "customer" | "agent" | "bot" | "system";

export type LaneName = "public" | "team";

export type PresenceStatus = "online" | "away" | "busy" | "offline";

export type ConversationStatus = "open" | "closed";

export type EventName = "agent_joined" | "assigned" | "status_changed" | "bot_handover";

export type HandoverReason = "timeout" | "error" | "limit";

export type RequestId = string | number;

export type Content = TextContent | DeletedContent | UnknownContent;

export type WidgetRequest =
  | Authenticate
  | Ping
  | Pong
  | JoinConversation
  | LeaveConversation
  | Sync
  | SendMessage
  | EditMessage
  | DeleteMessage
  | React
  | TypingStart
  | TypingStop
  | MarkDelivered
  | MarkRead;

export type AdminRequest =
  | Authenticate
  | Ping
  | Pong
  | JoinConversation
  | LeaveConversation
  | Sync
  | SendMessage
  | EditMessage
  | DeleteMessage
  | React
  | TypingStart
  | TypingStop
  | MarkDelivered
  | MarkRead
  | RefreshToken
  | SetPresence
  | FollowInbox
  | UnfollowInbox;

export type LogEntry =
  MessageReceived | MessageEdited | MessageDeleted | ReactionChanged | ConversationEvent | UnknownEntry;

export type ServerEvent =
  | Authenticated
  | Reconnected
  | Ack
  | RefreshAck
  | ErrorEvent
  | ServerPing
  | ServerPong
  | TokenExpiring
  | Goodbye
  | JoinAck
  | SyncAck
  | SendAck
  | MessageReceived
  | MessageEdited
  | MessageDeleted
  | ReactionChanged
  | ConversationEvent
  | UnknownEntry
  | TypingIndicator
  | PresenceUpdate
  | AgentHereUpdate
  | MessageStreaming
  | ReceiptUpdated
  | ConversationUpdated;

export interface Since {
  since: number;
  team_since?: number | undefined;
  epoch?: string | undefined;
  message_id?: string | undefined;
  team_message_id?: string | undefined;
}

export interface Authenticate {
  type: "authenticate";
  id: RequestId;
  token: string;
  v: number;
  client?: unknown | undefined;
  resume?: Record<string, Since> | null | undefined;
}

export interface Ping {
  type: "ping";
  t?: string | number | null | undefined;
}

export interface Pong {
  type: "pong";
  t?: string | number | null | undefined;
}

export interface JoinConversation {
  type: "join_conversation";
  id: RequestId;
  conversation_id: string;
  since?: number | null | undefined;
  team_since?: number | null | undefined;
  epoch?: string | null | undefined;
  message_id?: string | null | undefined;
  team_message_id?: string | null | undefined;
}

export interface LeaveConversation {
  type: "leave_conversation";
  id: RequestId;
  conversation_id: string;
}

export interface Sync {
  type: "sync";
  id: RequestId;
  conversation_id: string;
  since: number;
  lane?: LaneName | undefined;
}

export interface NewText {
  type: "text";
  text: string;
}

export interface SendMessage {
  type: "send_message";
  content: NewText;
  lane?: LaneName | undefined;
  id: RequestId;
  conversation_id: string;
  client_msg_id: string;
}

export interface EditMessage {
  type: "edit_message";
  id: RequestId;
  conversation_id: string;
  client_msg_id: string;
  target_seq: number;
  content: NewText;
  lane?: LaneName | undefined;
}

export interface DeleteMessage {
  type: "delete_message";
  id: RequestId;
  conversation_id: string;
  client_msg_id: string;
  target_seq: number;
  lane?: LaneName | undefined;
}

export interface React {
  type: "react";
  id: RequestId;
  conversation_id: string;
  client_msg_id: string;
  target_seq: number;
  emoji: string;
  on: boolean;
  lane?: LaneName | undefined;
}

export interface TypingStart {
  type: "typing_start";
  conversation_id: string;
}

export interface TypingStop {
  type: "typing_stop";
  conversation_id: string;
}

export interface MarkDelivered {
  type: "mark_delivered";
  conversation_id: string;
  seq: number;
}

export interface MarkRead {
  type: "mark_read";
  conversation_id: string;
  seq: number;
}

export interface RefreshToken {
  type: "refresh_token";
  id: RequestId;
  token: string;
}

export interface SetPresence {
  type: "set_presence";
  id: RequestId;
  status: PresenceStatus;
  text?: string | null | undefined;
}

export interface InboxFilters {
  inbox_id?: number | null | undefined;
}

export interface FollowInbox {
  type: "follow_inbox";
  id: RequestId;
  filters?: InboxFilters | null | undefined;
}

export interface UnfollowInbox {
  type: "unfollow_inbox";
  id: RequestId;
}

export interface User {
  id: number;
  role: Role;
  name: string;
  is_admin?: boolean;
}

export interface Limits {
  frame_bytes: number;
  text_chars: number;
}

export interface Authenticated {
  type: "authenticated";
  re: RequestId;
  v: number;
  connection_id: string;
  user: User;
  heartbeat_ms: number;
  timeout_ms: number;
  token_expires_at?: string;
  epoch: string;
  limits: Limits;
}

export interface Mark {
  user_id: number;
  role: Role;
  delivered_seq: number;
  read_seq: number;
}

export interface Typing {
  user_id: number;
  user_name: string;
  role: Role;
  is_typing: boolean;
  expires_in_ms: number;
}

export interface Resumed {
  status: "ok" | "reset" | "forbidden";
  head?: number;
  team_head?: number;
  epoch?: string;
  marks?: Mark[];
  typing?: Typing[];
}

export interface Reconnected {
  type: "reconnected";
  re: RequestId;
  v: number;
  connection_id: string;
  user: User;
  heartbeat_ms: number;
  timeout_ms: number;
  token_expires_at?: string;
  epoch: string;
  limits: Limits;
  conversations: Record<string, Resumed>;
}

export interface Ack {
  type: "ack";
  re: RequestId;
}

export interface RefreshAck {
  type: "ack";
  re: RequestId;
  token_expires_at: string;
}

export interface ErrorEvent {
  type: "error";
  re?: string | number;
  code: string;
  message: string;
  retryable: boolean;
  retry_after_ms?: number;
}

export interface ServerPing {
  type: "ping";
  t: number;
  heads: Record<string, number>;
}

export interface ServerPong {
  type: "pong";
  t: string | number | null;
}

export interface TokenExpiring {
  type: "token_expiring";
  expires_at: string;
}

export interface Goodbye {
  type: "goodbye";
  reason: string;
  after_ms: number;
}

export interface Presence {
  user_id: number;
  role: Role;
  name?: string;
  status: PresenceStatus;
  text?: string;
  last_seen: string | null;
  version: number;
}

export interface AgentHere {
  user_id: number;
  role: Role;
  name?: string;
  status: "online" | "offline";
  last_seen: null;
  version: number;
}

export interface JoinAck {
  type: "ack";
  re: RequestId;
  conversation_id: string;
  status: "ok" | "reset";
  head: number;
  team_head?: number;
  epoch: string;
  marks: Mark[];
  presence: (Presence | AgentHere)[];
  typing: Typing[];
}

export interface SyncAck {
  type: "ack";
  re: RequestId;
  conversation_id: string;
  head: number;
}

export interface SendAck {
  type: "ack";
  re: RequestId;
  conversation_id: string;
  client_msg_id: string;
  message_id: string;
  seq: number;
  created_at: string;
  duplicate: boolean;
}

export interface Sender {
  id: number;
  role: Role;
  name: string;
}

export interface TextContent {
  type: "text";
  text: string;
}

export interface DeletedContent {
  type: "deleted";
}

export interface UnknownContent {
  type: "unknown";
}

export interface MessageReceived {
  type: "message_received";
  conversation_id: string;
  seq: number;
  lane?: "team";
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  created_at: string;
  content: Content;
}

export interface MessageEdited {
  type: "message_edited";
  conversation_id: string;
  seq: number;
  lane?: "team";
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  created_at: string;
  target_seq: number;
  content: TextContent;
}

export interface MessageDeleted {
  type: "message_deleted";
  conversation_id: string;
  seq: number;
  lane?: "team";
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  created_at: string;
  target_seq: number;
}

export interface ReactionChanged {
  type: "reaction_changed";
  conversation_id: string;
  seq: number;
  lane?: "team";
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  created_at: string;
  target_seq: number;
  emoji: string;
  on: boolean;
}

export interface AgentJoined {
  user_id: number;
  name: string;
}

export interface Assigned {
  user_id: number | null;
  name: string | null;
}

export interface StatusChanged {
  status: ConversationStatus;
}

export interface BotHandover {
  reason: HandoverReason;
}

export interface UnknownEntry {
  type: "unknown";
  conversation_id: string;
  seq: number;
  lane?: "team";
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  created_at: string;
}

export interface TypingIndicator {
  type: "typing_indicator";
  user_id: number;
  user_name: string;
  role: Role;
  is_typing: boolean;
  expires_in_ms: number;
  conversation_id: string;
}

export interface PresenceUpdate {
  type: "presence_update";
  user_id: number;
  role: Role;
  name?: string;
  status: PresenceStatus;
  text?: string;
  last_seen: string | null;
  version: number;
}

export interface AgentHereUpdate {
  type: "presence_update";
  user_id: number;
  role: Role;
  name?: string;
  status: "online" | "offline";
  last_seen: null;
  version: number;
}

export interface MessageStreaming {
  type: "message_streaming";
  conversation_id: string;
  client_msg_id: string;
  sender: Sender;
  text: string;
}

export interface ReceiptUpdated {
  type: "receipt_updated";
  user_id: number;
  role: Role;
  delivered_seq: number;
  read_seq: number;
  conversation_id: string;
}

export interface Person {
  id: number;
  name: string;
  role: Role;
  email: string | null;
  online?: boolean;
}

export interface LastMessage {
  seq: number;
  sender: Sender;
  content: Content;
  created_at: string;
}

export interface Conversation {
  id: string;
  inbox_id: number;
  version: number;
  status: ConversationStatus;
  customer: Person;
  assignee: Person | null;
  last_message: LastMessage | null;
  last_seq: number;
  team_last_seq: number;
  unread: number;
  updated_at: string;
  created_at: string;
}

export interface ConversationUpdated {
  type: "conversation_updated";
  conversation: Conversation;
}

export interface Happenings {
  agent_joined: AgentJoined;
  assigned: Assigned;
  status_changed: StatusChanged;
  bot_handover: BotHandover;
}

export interface Happened<Name extends EventName> {
  type: "conversation_event";
  conversation_id: string;
  seq: number;
  lane?: "team";
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  created_at: string;
  event: Name;
  data: Happenings[Name];
}

export type ConversationEvent = { [Name in EventName]: Happened<Name> }[EventName];
