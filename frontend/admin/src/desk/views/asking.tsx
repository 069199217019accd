import { lazy, Suspense } from "react";
import type { ViewDialogProps } from "./view-dialog";

const ViewDialog = lazy(() => import("./view-dialog"));

/** The dialog of a view's name; nobody loads it who saves none. */
export function AskName({ isOpen, ...props }: ViewDialogProps & { isOpen: boolean }) {
  return <Suspense>{isOpen && <ViewDialog {...props} />}</Suspense>;
}
