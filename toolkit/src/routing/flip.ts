import { exitCodes, Fault, nearestWord } from '../base/index.ts'
import { compile } from './compile.ts'
import type { RouteDocument, RouteTableDocument } from './document.ts'
import { applyEdits, type Edit } from './edit.ts'
import { editValues } from './edit-values.ts'
import { invalidTable, type RefusedEdit } from './invalid-table.ts'
import { parseRouteTable, readDocument } from './parse.ts'
import type { Parsed } from './parsed.ts'
import type { RouteTable } from './route.ts'
import { formatPercent, formatServe, parsePercent, parseServe } from './serve.ts'

/** What to change of a route: `serve` (`legacy`, `service`, `5%`), `shadow` (`20%`), or both. */
export interface FlipRequest {
  readonly route: string
  readonly serve?: string
  readonly shadow?: string
}

/** The two knobs of a route, as they are written in a file. */
export interface Knobs {
  readonly serve: string
  readonly shadow: string
}

/**
 * The text with the flip in it; or why not, as a fault for people, with the problems of the file when it was
 * (or would become) invalid. Codes: `route-unknown` and `route-plain` (exit 64), `knob-invalid` (exit 64),
 * `route-serves-owner` (exit 6), `route-table-invalid` (exit 4).
 */
export type Flipped =
  | {
      readonly ok: true
      readonly text: string
      readonly edits: readonly Edit[]
      readonly before: Knobs
      readonly after: Knobs
    }
  | RefusedEdit

/**
 * Changes the knobs of one route in the text of a route table. Only the bytes of the changed values change (a knob
 * that is not written is inserted); comments, layout and line ends stay. Pure; the result is a valid route table.
 *
 * @example
 * flipRoute(text, 'routes.yaml', { route: 'users.read', serve: '5%' })
 */
export function flipRoute(text: string, file: string, flip: FlipRequest): Flipped {
  const { document, source } = readDocument(text, file)
  if (document === undefined || source.report.failed) return invalidTable(source.report.problems(source.root))
  const wanted = wantedKnobs(compile(document, { text, file, report: source.report }), flip)
  if (!wanted.ok) return { ok: false, fault: wanted.fault, problems: [] }
  const { node } = routeNamed(document, flip.route)
  const edits = editValues(text, node, {
    values: changedKnobs(wanted),
    order: ['shadow', 'serve', 'match', 'capability'],
  })
  const flipped = applyEdits(text, edits)
  const after = parseRouteTable(flipped, file)
  if (!after.ok) return invalidTable(after.problems)
  const now = knobsOf(after.table, flip.route)
  if (now?.serve === wanted.after.serve && now.shadow === wanted.after.shadow) {
    return { ok: true, text: flipped, edits, before: wanted.before, after: wanted.after }
  }
  throw new Error(`the edit of "${flip.route}" did not lead to ${JSON.stringify(wanted.after)}`)
}

/** The two knobs of a route as they are in force; undefined for a plain or unknown route. */
export function knobsOf(table: RouteTable, name: string): Knobs | undefined {
  const route = table.routes.find((each) => each.name === name)
  if (route === undefined || route.target.kind === 'upstream') return undefined
  return { serve: formatServe(route.target.serve), shadow: formatPercent(route.target.shadowPercent) }
}

type Wanted =
  | { readonly ok: true; readonly before: Knobs; readonly after: Knobs }
  | { readonly ok: false; readonly fault: Fault }

function wantedKnobs(table: RouteTable, flip: FlipRequest): Wanted {
  const refused = (fault: Fault): Wanted => ({ ok: false, fault })
  if (!table.routes.some((route) => route.name === flip.route)) return refused(unknownRoute(table, flip.route))
  const before = knobsOf(table, flip.route)
  if (before === undefined) return refused(plainRoute(flip.route))
  if (flip.serve !== undefined && (before.serve === 'owner' || flip.serve === 'owner')) {
    return refused(servesOwner(table, flip.route))
  }
  const serve = parseServe(flip.serve ?? before.serve)
  if (!serve.ok) return refused(badKnob('serve', serve, 'legacy, service, or a share of callers such as 5%'))
  const shadow = parsePercent(flip.shadow ?? before.shadow)
  if (!shadow.ok) return refused(badKnob('shadow', shadow, '0% to 100%'))
  return { ok: true, before, after: { serve: formatServe(serve.value), shadow: formatPercent(shadow.value) } }
}

function changedKnobs({ before, after }: { readonly before: Knobs; readonly after: Knobs }): Partial<Knobs> {
  return {
    ...(before.serve === after.serve ? {} : { serve: after.serve }),
    ...(before.shadow === after.shadow ? {} : { shadow: after.shadow }),
  }
}

function routeNamed(document: RouteTableDocument, name: string): RouteDocument {
  const route = document.routes?.value.find((each) => each.name?.value === name)
  if (route === undefined) throw new Error(`the route "${name}" was there a moment ago`)
  return route
}

function unknownRoute(table: RouteTable, name: string): Fault {
  const names = table.routes.map((route) => route.name)
  const near = nearestWord(name, names)
  const known = `known: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', ...' : ''}. See: banyan routes list`
  return new Fault('route-unknown', `no route "${name}"${near === undefined ? '' : `. Did you mean "${near}"?`}`, {
    hint: known,
    exitCode: exitCodes.usage,
  })
}

function plainRoute(name: string): Fault {
  return new Fault('route-plain', `the route "${name}" goes to a plain upstream: it has no arms to flip or shadow`, {
    hint: 'a route with "capability" has them. See: banyan routes list',
    exitCode: exitCodes.usage,
  })
}

function servesOwner(table: RouteTable, name: string): Fault {
  const target = table.routes.find((route) => route.name === name)?.target
  const capability = target?.kind === 'capability' ? target.capability : undefined
  const other = capability?.owner === 'service' ? 'legacy' : 'service'
  return new Fault('route-serves-owner', `a flip does not move writes: "${name}" and "serve: owner" go by cutover`, {
    hint: `to move the owner of its data: banyan cutover ${capability?.name ?? 'CAPABILITY'} --to ${other}`,
    exitCode: exitCodes.refused,
  })
}

function badKnob(knob: string, parsed: Extract<Parsed<unknown>, { ok: false }>, allowed: string): Fault {
  return new Fault('knob-invalid', `${knob}: ${parsed.message}.${parsed.near ?? ''}`, {
    hint: `allowed: ${allowed}. Nothing was written`,
    exitCode: exitCodes.usage,
  })
}
