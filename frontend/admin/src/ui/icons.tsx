import type { ReactNode } from "react";

function icon(shape: ReactNode) {
  return function Icon() {
    return (
      <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
        {shape}
      </svg>
    );
  };
}

export const BackIcon = icon(<path d="M12 4.5 6.5 10l5.5 5.5" />);
export const DownIcon = icon(<path d="M10 4v11m-5-4.5 5 5 5-5" />);
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const CheckIcon = icon(<path d="m4.5 10.5 3.5 3.5 7.5-8" />);
export const DoubleCheckIcon = icon(<path d="m1.8 10.5 3.5 3.5 7.5-8m-3.3 7.5.5.5 7.5-8" />);
export const ClockIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 6v4.3l2.7 1.7" />
  </>,
);
export const WarningIcon = icon(
  <>
    <circle cx="10" cy="10" r="7.5" />
    <path d="M10 6v5m0 2.8v.2" />
  </>,
);
export const SendIcon = icon(<path d="M3.5 10h12m-5-5 5 5-5 5" />);
export const LockIcon = icon(
  <>
    <rect x="4.5" y="9" width="11" height="7.5" rx="1.5" />
    <path d="M7 9V6.5a3 3 0 0 1 6 0V9" />
  </>,
);
export const ReopenIcon = icon(<path d="M4 8.5h8a4 4 0 0 1 0 8H7M4 8.5l3.5-3.5M4 8.5 7.5 12" />);
export const PersonIcon = icon(
  <>
    <circle cx="10" cy="7" r="3.2" />
    <path d="M4 16.5c.7-3 3-4.5 6-4.5s5.3 1.5 6 4.5" />
  </>,
);
const shoulders = (
  <>
    <circle cx="8" cy="7" r="3.2" />
    <path d="M2 16.5c.7-3 3-4.5 6-4.5s5.3 1.5 6 4.5" />
  </>
);
export const AssignIcon = icon(
  <>
    {shoulders}
    <path d="M16 6v5m-2.5-2.5h5" />
  </>,
);
export const UnassignIcon = icon(
  <>
    {shoulders}
    <path d="M13.5 8.5h5" />
  </>,
);
export const SoundIcon = icon(
  <path d="M3.5 8v4h2.7L10 15.5v-11L6.2 8zm9.5-.5a3.5 3.5 0 0 1 0 5m2-7.2a6.5 6.5 0 0 1 0 9.4" />,
);
export const MutedIcon = icon(<path d="M3.5 8v4h2.7L10 15.5v-11L6.2 8zm9.5 0 4 4m0-4-4 4" />);
export const BellIcon = icon(
  <path d="M4.5 14.5h11L14 12.3V9a4 4 0 0 0-8 0v3.3zm3.7 0a1.8 1.8 0 0 0 3.6 0" />,
);
export const KeyboardIcon = icon(
  <>
    <rect x="2.5" y="5" width="15" height="10" rx="2" />
    <path d="M5.8 8.5h.1m2.7 0h.1m2.7 0h.1m2.7 0h.1M7 12h6" />
  </>,
);
export const InboxIcon = icon(
  <path d="M3.5 11.5 5.6 5a1 1 0 0 1 1-.7h6.8a1 1 0 0 1 1 .7l2.1 6.5v3.7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1zm0 0h3.7l1 2h3.6l1-2h3.7" />,
);
export const SettingsIcon = icon(
  <>
    <path d="M3.5 6h7m5 0h1M3.5 14h1m5 0h7" />
    <circle cx="13" cy="6" r="2.3" />
    <circle cx="7" cy="14" r="2.3" />
  </>,
);
export const LabelIcon = icon(
  <>
    <path
      d="M3.5 4.5h6l7 7a1.4 1.4 0 0 1 0 2l-3.5 3.5a1.4 1.4 0 0 1-2 0l-7.5-7.5z"
      transform="translate(0 -1)"
    />
    <circle cx="7" cy="7" r="1" />
  </>,
);
export const EditIcon = icon(
  <path d="M4 16l.8-3.5L13 4.3a1.2 1.2 0 0 1 1.7 0l1 1a1.2 1.2 0 0 1 0 1.7l-8.2 8.2z" />,
);
export const MergeIcon = icon(<path d="M5 4v3.5A4.5 4.5 0 0 0 9.5 12H15m0 0-3-3m3 3-3 3M5 16v-3" />);
export const DeleteIcon = icon(
  <path d="M4 6h12M8.5 6V4.5h3V6m-6 0 .7 9.5a1 1 0 0 0 1 1h5.6a1 1 0 0 0 1-1L14.5 6" />,
);
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5.5" />
    <path d="m13.2 13.2 3.3 3.3" />
  </>,
);
export const ChevronIcon = icon(<path d="m5.5 8 4.5 4.5L14.5 8" />);
export const MoreIcon = icon(<path d="M5 10h.1m4.8 0h.1m4.8 0h.1" strokeWidth="2.4" />);
export const FilterIcon = icon(<path d="M4 6h12M6.5 10h7m-4.5 4h2" />);
export const SortIcon = icon(<path d="M7 4.5v11m0 0-3-3m3 3 3-3M13 15.5v-11m0 0-2.5 2.5M13 4.5 15.5 7" />);
export const PencilIcon = icon(<path d="m12.5 4.5 3 3L7 16l-3.5.5L4 13zm-1.7 1.7 3 3" />);
export const PlusIcon = icon(<path d="M10 4.5v11M4.5 10h11" />);
export const ChatIcon = icon(
  <path d="M4 4.5h12a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1H9.5L6 17v-3H4a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1z" />,
);
export const TeamIcon = icon(
  <>
    <circle cx="7" cy="7.5" r="2.7" />
    <path d="M2 16c.6-2.6 2.6-4 5-4s4.4 1.4 5 4" />
    <path d="M12.5 5.2a2.7 2.7 0 0 1 0 4.7m1 2.5c2.2.3 3.9 1.6 4.5 3.6" />
  </>,
);
export const ReplyIcon = icon(<path d="M8 5 3.5 9.5 8 14M4 9.5h7a5 5 0 0 1 5 5v1" />);
export const SmileIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M7.6 8.2v.1m4.8-.1v.1M7 12c1.6 2 4.4 2 6 0" />
  </>,
);
