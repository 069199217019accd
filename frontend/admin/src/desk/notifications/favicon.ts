/** Size of the drawn icon, in pixels: twice what a tab shows. */
const SIZE = 64;

let plain: HTMLImageElement | undefined;
let asked = 0;

/** Draws a count into the tab's icon; the plain icon for none. */
export async function drawFavicon(count: number): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  const turn = ++asked;
  if (!plain) {
    if (count === 0) return;
    plain = new Image(SIZE, SIZE);
    plain.src = link.href;
  }
  if (count === 0) {
    setIcon(link, plain.src, "image/svg+xml");
    return;
  }
  try {
    await plain.decode();
  } catch {
    // The icon did not load: the title has the number too.
    return;
  }
  if (turn === asked) setIcon(link, draw(plain, count), "image/png");
}

function setIcon(link: HTMLLinkElement, href: string, type: string): void {
  if (link.href === href) return;
  link.type = type;
  link.href = href;
}

function draw(icon: HTMLImageElement, count: number): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d")!;
  context.drawImage(icon, 0, 0, SIZE, SIZE);
  const text = count > 9 ? "9+" : String(count);
  const radius = 19;
  context.beginPath();
  context.arc(SIZE - radius, SIZE - radius, radius, 0, 2 * Math.PI);
  context.fillStyle = "#1d5fbf";
  context.fill();
  context.fillStyle = "#ffffff";
  context.font = `bold ${text.length > 1 ? 24 : 30}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, SIZE - radius, SIZE - radius + 2);
  return canvas.toDataURL("image/png");
}
