/** Puts the chat on this page as any website would, with the inbox that the server names. */
async function addChat(): Promise<void> {
  const answer = await fetch("/demo/config.json");
  if (!answer.ok) return showMissing();
  const { inbox } = (await answer.json()) as { inbox: string };
  const script = document.createElement("script");
  script.dataset["inbox"] = inbox;
  script.async = true;
  script.setAttribute("src", trusted("/widget.js"));
  document.body.append(script);
}

/** This page requires Trusted Types, so an address of a script has to be vouched for. */
function trusted(url: string): string {
  const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: object): Policy } };
  interface Policy {
    createScriptURL(url: string): string;
  }
  const rules = { createScriptURL: (address: string) => address };
  return trustedTypes ? trustedTypes.createPolicy("fireside-demo", rules).createScriptURL(url) : url;
}

function showMissing(): void {
  const note = document.querySelector<HTMLElement>("#missing");
  if (note) note.hidden = false;
}

document.querySelector("#ask")?.addEventListener("click", () => window.Fireside?.open());
void addChat().catch(showMissing);
