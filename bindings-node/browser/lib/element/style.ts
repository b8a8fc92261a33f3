// The style sheet of the element (CSS). A page can change it with the custom properties at the top, and with `::part`.

const CSS = `
:host {
  --onroll-ink: #16202e; --onroll-soft: #556070; --onroll-line: #dfe3e8; --onroll-edge: #8a94a1; --onroll-paper: #fff;
  --onroll-accent: #0a6464; --onroll-accent-ink: #fff; --onroll-accent-soft: #e6f2f1;
  --onroll-bad: #b3261e; --onroll-bad-soft: #fdeceb; --onroll-ask: #7d5200; --onroll-ask-soft: #fff4dc;
  --onroll-good: #1c6337; --onroll-good-soft: #e6f4ea; --onroll-radius: .625rem; --onroll-font: system-ui, "Segoe UI", sans-serif;
  display: block; container-type: inline-size; color: var(--onroll-ink); font: 1rem/1.5 var(--onroll-font);
}
:host([hidden]) { display: none }
* { box-sizing: border-box }
h2, h3, p, ol, ul { margin: 0; padding: 0 }
ol, ul { list-style: none }
/* Each sentence takes its direction from its own letters. The direction of the page decides only the alignment. */
h2, h3, summary, button, .lead, .soft, .times, .why, .tip, .chip, .note li, .tip li, .fixall > span, .fixall b, .facts b { unicode-bidi: plaintext }
:host { text-align: left }
:host(:dir(rtl)) { text-align: right }
.card { background: var(--onroll-paper); border: 1px solid var(--onroll-line); border-radius: .875rem; overflow: clip; box-shadow: 0 1px 2px #0001 }
:focus-visible { outline: 3px solid var(--onroll-accent); outline-offset: 2px }
h2:focus { outline: none }

.steps { display: flex; flex-wrap: wrap; column-gap: 2.25rem; padding-inline: 1.75rem; border-block-end: 1px solid var(--onroll-line); font-size: .875rem; color: var(--onroll-soft) }
.steps li { padding-block: .85rem .65rem; border-block-end: 3px solid transparent }
.steps [aria-current] { color: var(--onroll-ink); font-weight: 600; border-color: var(--onroll-accent) }
.tick { color: var(--onroll-good); margin-inline-end: .35em }

.body { padding: 1.75rem }
h2 { font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; margin-block-end: .25rem }
h3 { font-size: 1rem; line-height: 1.4; font-weight: 600 }
.lead { color: var(--onroll-soft); max-width: 62ch; margin-block-end: 1.25rem; overflow-wrap: anywhere }
.soft { color: var(--onroll-soft); font-size: .875rem }
.blank { color: var(--onroll-soft) }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; justify-content: space-between; margin-block-start: 1.4rem }
.row > div { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center }

button, .file { font: inherit; cursor: pointer; min-height: 2.5rem; border-radius: .5rem; padding: .45rem 1.1rem; font-weight: 600; border: 1px solid var(--onroll-accent); color: var(--onroll-accent); background: var(--onroll-paper) }
button:hover { background: var(--onroll-accent-soft) }
button.main { background: var(--onroll-accent); color: var(--onroll-accent-ink) }
button.main:hover { background: color-mix(in srgb, var(--onroll-accent) 88%, black) }
button.quiet { border-color: transparent; background: none; padding-inline: .35rem; text-decoration: underline; text-underline-offset: .2em; font-weight: 500 }
button.quiet:hover { background: var(--onroll-accent-soft) }
button.small { min-height: 2rem; padding: .15rem .8rem; font-size: .9375rem }
button[aria-disabled=true] { border-color: var(--onroll-line); background: #f1f2f4; color: var(--onroll-soft); cursor: default }
button.quiet[aria-disabled=true] { background: none; border-color: transparent; text-decoration: none }
select, input[type=text] { font: inherit; min-height: 2rem; max-width: 100%; border: 1px solid var(--onroll-edge); border-radius: .45rem; padding: .1rem .5rem; background: var(--onroll-paper); color: inherit }

.drop { border: 2px dashed var(--onroll-edge); border-radius: var(--onroll-radius); padding: 3.25rem 1.5rem; text-align: center; transition: background .15s, border-color .15s }
.drop.over { background: var(--onroll-accent-soft); border-color: var(--onroll-accent); border-style: solid }
.drop svg { display: block; margin: 0 auto .75rem; color: var(--onroll-accent) }
.drop strong { display: block; font-size: 1.125rem }
.drop span { display: block; color: var(--onroll-soft); margin-block: .2rem .6rem }
input[type=file] { position: absolute; inline-size: 1px; block-size: 1px; opacity: 0; pointer-events: none }
progress { inline-size: 100%; block-size: .6rem; accent-color: var(--onroll-accent); margin-block: .5rem }

.sheets { display: grid; gap: .6rem; max-inline-size: 28rem }
.sheets button { inline-size: 100%; text-align: inherit; overflow-wrap: anywhere }
.downloads { display: flex; flex-wrap: wrap; gap: .25rem .9rem; align-items: center; margin-block-start: 1rem; font-size: .9375rem }
.row > .quiet:first-child, .row > div > .quiet:first-child { margin-inline-start: -.35rem }

.intro { padding-block-end: .35rem }
.split { display: grid; border-block-start: 1px solid var(--onroll-line); grid-template-columns: minmax(12rem, 16.5rem) minmax(0, 1fr) }
nav { border-inline-end: 1px solid var(--onroll-line); padding-block: 1.1rem }
nav button { display: flex; inline-size: 100%; justify-content: space-between; gap: .75rem; text-align: inherit; border: 0; border-radius: 0; border-inline-start: 3px solid transparent; padding: .5rem 1.1rem .5rem 1.6rem; color: inherit; font-weight: 400; background: none }
nav button[aria-current] { background: var(--onroll-accent-soft); border-color: var(--onroll-accent); font-weight: 600 }
nav .count { color: var(--onroll-soft); font-variant-numeric: tabular-nums; font-weight: 500 }
nav h3 { font-size: .8125rem; font-weight: 600; color: var(--onroll-soft); padding: .9rem 1.1rem .3rem 1.6rem; padding-inline: 1.75rem 1.1rem }
nav h3:first-child { padding-block-start: 0 }
.pane { padding: 1.4rem 1.75rem 1.75rem; min-width: 0 }
.fixall { display: flex; flex-wrap: wrap; gap: .6rem 1rem; justify-content: space-between; align-items: center; background: var(--onroll-accent-soft); border-radius: var(--onroll-radius); padding: .85rem 1.1rem; margin-block-end: 1.1rem }
.decide { background: var(--onroll-ask-soft); color: var(--onroll-ask) }
.clear { background: var(--onroll-good-soft); color: var(--onroll-good); font-weight: 600 }

.decision { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .35rem 1rem; align-items: center; padding-block: .7rem; border-block-end: 1px solid var(--onroll-line) }
.decision p { overflow-wrap: anywhere }
.decision .act { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; justify-content: flex-end }
.was { color: var(--onroll-bad); font-weight: 600 }
.to { color: var(--onroll-good); font-weight: 600 }
.arrow { color: var(--onroll-soft); margin-inline: .5em }
:dir(rtl) .arrow { display: inline-block; transform: scaleX(-1) }
.why { display: block; color: var(--onroll-soft); font-size: .875rem }
.times { color: var(--onroll-soft); font-size: .875rem; margin-inline-start: .5em; white-space: nowrap }

.tabletop { display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content: space-between; align-items: end; margin-block: 1.4rem .5rem }
.filter { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--onroll-edge); border-radius: .5rem; overflow: clip }
.filter button { border: 0; border-radius: 0; min-height: 2rem; padding: .1rem .8rem; font-size: .875rem; font-weight: 500; color: inherit }
.filter button[aria-pressed=true] { background: var(--onroll-accent); color: var(--onroll-accent-ink) }
.scroll { border: 1px solid var(--onroll-line); border-radius: var(--onroll-radius); overflow: auto; max-block-size: 23rem; position: relative; font-size: .875rem; overscroll-behavior: contain }
.grid { min-inline-size: 58rem; position: relative }
.line { display: grid; grid-template-columns: 3.6rem 1.5fr 1.5fr .9fr .7fr .95fr .8fr .85fr .65fr .65fr; block-size: 2.25rem; border-block-end: 1px solid var(--onroll-line); align-items: stretch }
.line.top { position: sticky; inset-block-start: 0; z-index: 1; background: #f7f8f9; color: var(--onroll-soft); font-weight: 600; font-size: .8125rem }
.line > * { padding: .4rem .6rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; min-width: 0 }
.line > :first-child { text-align: end; color: var(--onroll-soft); font-variant-numeric: tabular-nums }
.lines { position: relative }
.lines .line { position: absolute; inset-inline: 0 }
.line [role=gridcell] { cursor: cell }
.line [role=gridcell]:focus-visible { outline-offset: -3px }
.cell-bad { background: var(--onroll-bad-soft); box-shadow: inset 0 -2px var(--onroll-bad) }
.cell-ask { background: var(--onroll-ask-soft); box-shadow: inset 0 -2px var(--onroll-ask) }
.cell-edited { background: var(--onroll-good-soft) }
.line > .editing { padding: 0; overflow: visible; z-index: 2 }
.editing :is(input, select) { inline-size: 100%; block-size: 100%; border-radius: 0; border: 2px solid var(--onroll-accent); min-height: 0; font-size: inherit }
.tip { min-block-size: 2.9rem; margin-block-start: .5rem; font-size: .875rem; overflow-wrap: anywhere }
.tip ul:empty { display: none }

.big { font-size: 2.75rem; font-weight: 700; letter-spacing: -.02em; line-height: 1.1; margin: 0 }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); gap: .9rem; margin-block: 1.4rem }
.facts li { border: 1px solid var(--onroll-line); border-radius: var(--onroll-radius); padding: .85rem 1rem }
.facts b { display: block; font-size: 1.25rem }
details { border: 1px solid var(--onroll-line); border-radius: var(--onroll-radius) }
summary { cursor: pointer; padding: .65rem 1rem; font-weight: 600; color: var(--onroll-accent) }
.changes { max-block-size: 20rem; overflow: auto; border-block-start: 1px solid var(--onroll-line) }
table { border-collapse: collapse; inline-size: 100%; font-size: .9375rem }
th { text-align: inherit; font-size: .8125rem; color: var(--onroll-soft); font-weight: 600 }
th, td { padding: .5rem 1rem; border-block-end: 1px solid var(--onroll-line); overflow-wrap: anywhere; vertical-align: top }
td .why { margin-block-start: .15rem }
.chip { display: inline-block; font-size: .8125rem; font-weight: 600; border-radius: 99px; padding: .1rem .65rem; white-space: nowrap }
.chip.sure { color: var(--onroll-good); background: var(--onroll-good-soft) }
.chip.ask { color: var(--onroll-ask); background: var(--onroll-ask-soft) }
.chip.quiet { color: var(--onroll-soft); background: #f1f2f4 }
.chip.none { color: var(--onroll-bad); background: var(--onroll-bad-soft) }
.columns th[scope=row] { font-size: inherit; color: inherit; font-weight: 600; white-space: nowrap }
.columns td, .columns th { padding-inline: .6rem; vertical-align: middle }
.columns :is(td, th):first-child { padding-inline-start: 0 }
.columns select { max-inline-size: min(15rem, 100%); margin-block: .15rem }
::placeholder { color: var(--onroll-soft); opacity: 1 }
.unused { margin-block-start: 1rem; overflow-wrap: anywhere }
.values { max-inline-size: 44rem }
section + section { margin-block-start: 1.4rem }
.note { background: var(--onroll-ask-soft); color: var(--onroll-ask); border-radius: var(--onroll-radius); padding: .85rem 1.1rem; margin-block-end: 1.1rem }
.note.bad { background: var(--onroll-bad-soft); color: var(--onroll-bad) }
.note li { overflow-wrap: anywhere }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.actions { padding: 0 1.75rem 1.5rem }
.actions { border-block-start: 1px solid var(--onroll-line); padding-block-start: 1.1rem }
.actions .row { margin-block-start: 0 }

@container (max-width: 46rem) {
  .split { grid-template-columns: minmax(0, 1fr) }
  nav { border-inline-end: 0; border-block-end: 1px solid var(--onroll-line); padding-block: .4rem }
  .body, .pane { padding: 1.1rem }
  .actions { padding-inline: 1.1rem }
  .steps { padding-inline: 1.1rem; column-gap: 1.1rem }
  .decision { grid-template-columns: minmax(0, 1fr) }
  .decision .act { justify-content: flex-start }
  .drop { padding: 2rem 1rem }
  .columns, .columns tbody, .columns tr, .columns :is(td, th[scope=row]) { display: block }
  .columns thead { display: none }
  .columns tr { padding-block: .6rem; border-block-end: 1px solid var(--onroll-line) }
  .columns :is(td, th) { border: 0; padding: .15rem 0 }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important } }
@media (forced-colors: active) {
  .steps li, nav button { border-color: Canvas }
  .steps [aria-current], nav button[aria-current] { border-color: Highlight }
  .cell-bad, .cell-ask { outline: 2px dashed CanvasText; outline-offset: -3px }
  .cell-bad:focus-visible, .cell-ask:focus-visible { outline: 3px solid Highlight }
  .filter button[aria-pressed=true] { forced-color-adjust: none; background: Highlight; color: HighlightText }
  .chip, .note, .fixall { border: 1px solid CanvasText }
  button[aria-disabled=true] { color: GrayText; border-color: GrayText }
}
`;

let made: CSSStyleSheet | undefined;

/** Returns the style sheet, which is made once. A constructed style sheet needs no `unsafe-inline`. */
export function style(): CSSStyleSheet {
  if (made === undefined) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
