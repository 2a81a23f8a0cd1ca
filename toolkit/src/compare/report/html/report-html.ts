import { createHash } from 'node:crypto'
import type { ComparisonReport } from '../report.ts'
import { titleOf } from '../title.ts'
import { clusterSection } from './clusters.ts'
import { countText } from './count.ts'
import { coverageSection } from './coverage.ts'
import { idsSection } from './ids.ts'
import { type Content, html, Markup } from './markup.ts'
import { masthead } from './masthead.ts'
import { recordingSection } from './recording.ts'
import { routeSection } from './routes.ts'
import { rulesSection } from './rules.ts'
import { script } from './script.ts'
import { style } from './style/style.ts'
import { writtenSection } from './written.ts'

/**
 * The report as one HTML page that needs nothing else: no network (its own policy forbids it), no script but its own, light
 * and dark. Without script all is still there to read; filters and the choice of a theme need it.
 */
export function reportHtml(report: ComparisonReport): string {
  const sections = [
    { id: 'routes', name: 'Routes', count: report.routes.length, body: routeSection(report) },
    { id: 'differences', name: 'Differences', count: report.clusters.length, body: clusterSection(report) },
    { id: 'rules', name: 'Rules', count: report.rules.length, body: rulesSection(report) },
    { id: 'written', name: 'Written', count: report.written?.aggregates, body: writtenSection(report) },
    { id: 'ids', name: 'Ids', count: report.ids?.pairs, body: idsSection(report) },
    { id: 'coverage', name: 'Coverage', count: report.coverage?.lacking.length, body: coverageSection(report) },
    { id: 'recording', name: 'Recording', count: undefined, body: recordingSection(report) },
  ].filter(({ body }) => body !== undefined)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(report)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${masthead(report)}
<nav aria-label="Sections"><div class="wrap">${sections.map(({ id, name, count }) => html`<a href="#${id}">${name}${count !== undefined && html` <b>${countText(count)}</b>`}</a>`)}<span class="spring"></span><button type="button" id="theme" hidden>Theme: auto</button></div></nav>
<main class="wrap">${sections.map(section)}</main>
<footer class="wrap">Compared by banyan. What is shown here was redacted when it was recorded.</footer>
<script>${new Markup(script)}</script>
</body>
</html>
`
  return page.text
}

function section({ id, name, body }: { readonly id: string; readonly name: string; readonly body: Content }): Markup {
  return html`<section id="${id}"><h2>${name}</h2>${body}</section>`
}

/** Nothing from anywhere, and only the script and the style that are written here, by their digests (W3C CSP Level 3). */
const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; script-src ${digest(script)}; style-src ${digest(style)}`

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
