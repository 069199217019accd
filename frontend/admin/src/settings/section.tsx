import type { ReactNode } from "react";
import "./section.css";

interface PageProps {
  title: string;
  /** What this is for, in a sentence. */
  hint?: string;
  /** Stands at the title's end: "New label", say. */
  action?: ReactNode;
  children: ReactNode;
}

/** A page of the settings: one column, its title, and a sentence. */
export function SettingsColumn({ title, hint, action, children }: PageProps) {
  return (
    <div className="settings-column">
      <header className="settings-header">
        <h1>{title}</h1>
        {action}
        {hint !== undefined && <p className="muted">{hint}</p>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page, saved by itself. */
export function SettingsSection({ title, hint, children }: Omit<PageProps, "action">) {
  return (
    <section className="settings-section">
      <h2>{title}</h2>
      {hint !== undefined && <p className="muted">{hint}</p>}
      {children}
    </section>
  );
}
