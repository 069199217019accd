import { describe, expect, test } from "vitest";
import { linkPieces } from "./links";

/** Each address as a text has it, between ⟦ and ⟧. */
const TEXTS = `
see ⟦https://example.org/a?b=c#d⟧.
⟦https://example.com⟧
⟦https://example.com/⟧
⟦HTTPS://Example.COM/Docs⟧
⟦http://localhost:3000/a⟧ and ⟦http://127.0.0.1:8080⟧, ⟦http://[::1]:3000/a⟧
⟦https://example.com:8443/a;b=1,c?x=1,2&y=%20#/r/s⟧
⟦https://me:secret@example.com/a⟧
⟦https://example.com/~ada/-/tree/@v1.2/a+b=c$d!e⟧
⟦https://example.com/a==⟧ ⟦https://youtu.be/dQw4w9WgX_-⟧ ⟦https://youtu.be/dQw4w9WgXc_⟧
⟦https://web.archive.org/web/2020/https://example.com/a⟧
⟦https://example.com/api/{id}/a?b[0]=1&c[]=2⟧

Is it ⟦https://example.com/a⟧? It is ⟦https://example.com/a⟧! Or: ⟦https://example.com/a⟧; ⟦https://example.com⟧, …
⟦https://example.com⟧. ⟦https://example.com⟧: ⟦https://example.com⟧? ⟦https://example.com/a⟧... ⟦https://example.com/a⟧…
(⟦https://example.org/a_(b)⟧) (see ⟦https://example.org/a⟧) [⟦https://example.org/a⟧] {⟦https://example.org/a⟧}
(⟦https://example.org/a⟧).Then (⟦https://example.org/a⟧), then
⟦https://en.wikipedia.org/wiki/Mercury_(planet)⟧. ⟦https://en.wikipedia.org/wiki/Moore's_law⟧
"⟦https://example.com/a⟧" '⟦https://example.com/a⟧' “⟦https://example.com/a⟧” ‘⟦https://example.com/a⟧’ «⟦https://example.com/a⟧» „⟦https://example.com/a⟧“
⟦https://example.com/a⟧—as said ⟦https://example.com/a⟧ – as said ⟦https://example.com/Gauss–Bonnet⟧
⟦https://example.com/a⟧,⟦https://example.com/b⟧;⟦https://example.com/c⟧
⟦https://example.com/a⟧'s layout, ⟦https://example.com⟧'s, ⟦https://example.com/a⟧’s
{"url":"⟦https://example.com/a⟧","b":1} <a href="⟦https://example.com/a⟧">⟦https://example.org⟧</a> href='⟦https://example.com/a⟧'>

**⟦https://example.com/a⟧** *⟦https://example.com/a⟧* _⟦https://example.com/a⟧_ ~~⟦https://example.com/a⟧~~ \`⟦https://example.com/a⟧\`
[docs](⟦https://example.com/a⟧) ![](⟦https://example.com/a.png⟧), <⟦https://example.com/a⟧> [⟦https://example.com/a⟧](⟦https://example.com/a⟧)
| ⟦https://example.com/a⟧|⟦https://example.com/b⟧| **See ⟦https://example.com/a⟧.** [1]: ⟦https://example.com/a⟧
[docs](⟦https://example.com/a_(b)⟧) **⟦https://example.com/a⟧**，然后

⟦https://example.com/docs⟧，详见说明
请看⟦https://example.com/docs⟧。谢谢 （⟦https://example.com/docs⟧） 《⟦https://example.com/docs⟧》 「⟦https://example.com/docs⟧」
⟦https://example.com/docs⟧详见说明 ⟦https://example.com⟧详见说明 ⟦https://example.com/⟧详见说明 ⟦https://example.com/docs⟧(详见说明)
⟦https://example.com/docs?a=1⟧、⟦https://example.com/b⟧；⟦https://example.com/c⟧：好！⟦https://example.com/d⟧？ ⟦https://example.com/e⟧～
⟦https://example.com/docs⟧をご覧ください。⟦https://example.com⟧です。⟦https://example.com/docs⟧・他
⟦https://example.com/docs⟧를 보세요. ⟦https://example.com⟧에서, ⟦https://example.com/⟧입니다
ดูที่⟦https://example.com/docs⟧ครับ
⟦https://ja.wikipedia.org/wiki/日本⟧ ⟦https://ja.wikipedia.org/wiki/東京_(曖昧さ回避)⟧。⟦https://ja.wikipedia.org/wiki/レオナルド・ダ・ヴィンチ⟧
⟦https://example.com/?q=日本&l=ja⟧ ⟦https://zh.wikipedia.org/wiki/Category:中国⟧
⟦https://例え.テスト/a⟧。⟦https://日本語.jp⟧ ⟦https://www.日本語.com/a⟧を
⟦https://example.com/docs⟧👍 ⟦https://example.com⟧🔥 ⟦https://example.com/⟧❤️
⟦https://müller.example/weg?größe=1⟧, ⟦https://пример.рф/путь⟧. смотри ⟦https://example.com/путь⟧!
راجع ⟦https://example.com/docs⟧، أو ⟦https://example.com/docs⟧؟ ⟦https://example.com/docs⟧؛ ⟦https://example.com/docs⟧۔
ראו ⟦https://example.com/docs⟧. देखें ⟦https://example.com/docs⟧। տես ⟦https://example.com/docs⟧։ ይመልከቱ ⟦https://example.com/docs⟧።
⟦https://example.com/docs⟧'a bakın, ⟦https://example.com⟧'da, ⟦https://example.com/docs⟧'nın
¿⟦https://example.com/docs⟧? ¡⟦https://example.com/docs⟧! voir « ⟦https://example.com/docs⟧ »
⟦https://example.com/a⟧\u200bb ⟦https://example.com/a⟧\u202eb ⟦https://example.com/a⟧\u00a0b ⟦https://example.com/a⟧\u3000b

⟦mailto:ada@example.org⟧. (⟦mailto:ada.l+b@example.org?subject=a%20b⟧) ⟦mailto:ada@example.org⟧，
javascript:alert(1) data:text/html,x file:///etc/passwd vbscript:x ftp://example.com
no links here: 3.14 and a@b and ada@example.org and www.example.com and xhttps://example.com and https:// and http://.
`
  .split("\n")
  .filter(Boolean);

test.each(TEXTS)("%s", (marked) => {
  const found = linkPieces(marked.replace(/[⟦⟧]/g, "")).map(({ text, href }) => {
    if (href) expect(href).toBe(text);
    return href ? `⟦${text}⟧` : text;
  });
  expect(found.join("")).toBe(marked);
});

test("a browser can follow each of them", () => {
  for (const { href } of linkPieces(TEXTS.join("\n").replace(/[⟦⟧]/g, "")))
    if (href) expect(() => new URL(href), href).not.toThrow();
});

test("no script of another scheme becomes one", () => {
  expect(linkPieces("java\nscript:alert(1)")).toEqual([{ text: "java\nscript:alert(1)" }]);
});

describe("a long row ends soon", () => {
  const pieces =
    "a. a@ ) ( http:// a@a. mailto: mailto:a https://a/( https://a/(a https://a/. https://a/' https://a, 日 https://日 a: a:a@ _https://a_ (a) 's [a https://[: https://a.日. {".split(
      " ",
    );
  test.each(pieces)("of %j", (piece) => {
    for (const text of [
      piece.repeat(16_000 / piece.length),
      `https://a/${piece.repeat(16_000 / piece.length)}`,
    ]) {
      expect(
        linkPieces(text)
          .map((part) => part.text)
          .join(""),
      ).toBe(text);
    }
  });
});
