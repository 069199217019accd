import { useQueries } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { useLocation } from "wouter";
import { CheckIcon } from "../../ui/icons";
import { Notice } from "../../ui/notice";
import { listPath } from "../conversations/address";
import { useDesk } from "../desk";
import { type CurrentList, currentList, useViews } from "./current";
import { saidOf, useChoices } from "./use-choices";
import { words } from "./words";
import "./filtered-empty.css";

/** A list of which nothing is left, and the filter to which that is due. */
export default function FilteredEmpty({ list }: { list: CurrentList }) {
  const { api } = useDesk();
  const { views } = useViews();
  const [, navigate] = useLocation();
  const choices = useChoices();
  const lists = list.filters.map((field) => {
    const address = { ...list.address, [field]: undefined };
    return { field, address, asked: currentList(address, views)?.asked ?? list.asked };
  });
  const found = useQueries({
    queries: lists.map(({ asked }) => ({
      queryKey: ["is-anything", asked],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await api.conversations({ view: asked, limit: "1" }, signal)).items.length > 0,
      // It is of the moment in which the list became empty.
      gcTime: 0,
    })),
  });
  const isKnown = found.every(({ isPending }) => !isPending);
  const hiding = lists
    .filter((_, place) => found[place]?.data)
    .map(({ field, address }) => ({ field, address, said: saidOf(list, field, choices) }));
  const [only, ...others] = hiding;
  const isOne = only !== undefined && others.length === 0;
  const hint = isOne ? words.hidesHint : only ? words.eachHidesHint : words.allHideHint;
  return (
    <Notice
      role="status"
      icon={<CheckIcon />}
      title={isOne ? words.hides(only.said) : words.emptyFiltered}
      // With one filter alone that hides nothing, the view itself is empty.
      {...(isKnown && (only || list.filters.length > 1) && { hint })}
    >
      <div className="hiding-filters">
        {hiding.map(({ field, address, said }) => (
          <Button key={field} className="button" onPress={() => navigate(listPath(address))}>
            {words.without(said)}
          </Button>
        ))}
        <Button className="link" onPress={() => navigate(listPath({ view: list.address.view }))}>
          {words.clear}
        </Button>
      </div>
    </Notice>
  );
}
