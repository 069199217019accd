import { Component, type ReactNode } from "react";

interface BrokenProps {
  /** What stands in place of a part that cannot be shown. */
  instead: ReactNode;
  children: ReactNode;
}

/** Keeps a part that failed, or whose chunk did not come, from taking the whole app with it. */
export class MayBreak extends Component<BrokenProps, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    return this.state.isBroken ? this.props.instead : this.props.children;
  }
}
