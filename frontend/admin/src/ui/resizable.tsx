import { browserStore } from "@fireside/shared/line/storage";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from "react";
import "./resizable.css";

const store = browserStore();
const STEP = 16;

interface ResizableProps {
  /** Under which this browser remembers the width. */
  name: string;
  /** What is made wider or narrower, for screen readers. */
  label: string;
  /** The side on which it can be taken. */
  edge: "start" | "end";
  /** In pixels. */
  width: { usual: number; least: number; most: number };
  /** Without a handle, and as wide as there is room: on a phone. */
  isFixed?: boolean;
  className?: string;
  children: ReactNode;
}

/** A column whose width is dragged, or moved by arrow keys on its edge, and remembered; a double click brings back the usual one. */
export function Resizable({ name, label, edge, width, isFixed, className = "", children }: ResizableProps) {
  const key = `fireside.width.${name}`;
  const within = (pixels: number): number => Math.round(Math.min(width.most, Math.max(width.least, pixels)));
  const [pixels, setPixels] = useState(() => within(Number(store.get(key) ?? Number.NaN) || width.usual));
  const id = useId();
  const column = useRef<HTMLDivElement>(null);
  if (isFixed) return <div className={`resizable ${className}`}>{children}</div>;

  function resize(wanted: number): void {
    const next = within(wanted);
    setPixels(next);
    store.set(key, String(next));
  }

  /** Toward the end of the line, as the language runs. */
  const direction = (): 1 | -1 => {
    const isRtl = column.current !== null && getComputedStyle(column.current).direction === "rtl";
    return (edge === "end") === isRtl ? -1 : 1;
  };

  function onKeyDown(event: KeyboardEvent): void {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    const to = { Home: width.least, End: width.most, Enter: width.usual }[event.key];
    if (by === undefined && to === undefined) return;
    event.preventDefault();
    resize(to ?? pixels + by! * direction());
  }

  function onPointerDown(event: PointerEvent<HTMLDivElement>): void {
    if (event.button !== 0) return;
    const handle = event.currentTarget;
    const from = { x: event.clientX, pixels, direction: direction() };
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = ({ clientX }) => resize(from.pixels + (clientX - from.x) * from.direction);
    handle.onlostpointercapture = () => {
      handle.onpointermove = null;
      handle.onlostpointercapture = null;
    };
  }

  const handle = (
    <div
      className="resizable-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-controls={id}
      aria-valuenow={pixels}
      aria-valuemin={width.least}
      aria-valuemax={width.most}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onDoubleClick={() => resize(width.usual)}
    />
  );
  return (
    <>
      {edge === "start" && handle}
      <div ref={column} id={id} className={`resizable ${className}`} style={{ width: pixels }}>
        {children}
      </div>
      {edge === "end" && handle}
    </>
  );
}
