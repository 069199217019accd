import { type ReactNode, useEffect, useState } from "react";

interface NoticeProps {
  icon?: ReactNode;
  title: string;
  hint?: string;
  children?: ReactNode;
  role?: "status" | "alert";
  /** The notice is all that the page has: its title is the page's. */
  isPage?: boolean;
}

/** A view that has nothing else to show: what this is, why, and the next step. */
export function Notice({ icon, title, hint, children, role, isPage }: NoticeProps) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className="notice" role={role}>
      {icon}
      <Title className="notice-title">{title}</Title>
      {hint !== undefined && <p className="notice-hint">{hint}</p>}
      {children}
    </div>
  );
}

/** True once `active` has been true for so many milliseconds: what is quick should not flicker. */
export function useDelayed(active: boolean, milliseconds: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!active) return;
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [active, milliseconds]);
  return active && late;
}

/** Grey shapes in place of rows, after 300 ms. */
export function Skeleton({ rows, label }: { rows: number; label: string }) {
  const visible = useDelayed(true, 300);
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{label}</span>
      {visible && Array.from({ length: rows }, (_, row) => <span className="skeleton-row" key={row} />)}
    </div>
  );
}
