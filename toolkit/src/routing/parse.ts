import { checkCapabilities } from './check-capabilities.ts'
import { checkCatchAll } from './check-catch-all.ts'
import { checkPolicy } from './check-policy.ts'
import { checkReachable } from './check-reachable.ts'
import { checkRecording } from './check-recording.ts'
import { checkRoutes } from './check-routes.ts'
import { compile } from './compile.ts'
import type { ConfigProblem } from './config-problem.ts'
import { type RouteTableDocument, routeTableShape } from './document.ts'
import type { RouteTable } from './route.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

/** A route table, or everything that is wrong with its file, in the order of the file. */
export type ParsedRouteTable =
  | { readonly ok: true; readonly table: RouteTable }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/**
 * Reads a route table from its text. `file` names it in problems, and relative paths in it start from its folder.
 * Pure: what `manifest` and `ca` name is not looked at.
 */
export function parseRouteTable(text: string, file: string): ParsedRouteTable {
  const { document, source } = readDocument(text, file)
  if (document === undefined || source.report.failed) {
    return { ok: false, problems: source.report.problems(source.root) }
  }
  return { ok: true, table: compile(document, { text, file, report: source.report }) }
}

/** Reads and checks the document: the as-written form, which an editor needs. Problems are in the source's report. */
export function readDocument(
  text: string,
  file: string,
): { readonly document: RouteTableDocument | undefined; readonly source: YamlSource } {
  const source = readYaml(text, file)
  const document = source.root && routeTableShape.read(source.root, source.report)
  if (document !== undefined) check(document, source)
  return { document, source }
}

function check(document: RouteTableDocument, { report }: YamlSource): void {
  checkCapabilities(document, report)
  checkRoutes(document, report)
  checkReachable(document, report)
  checkCatchAll(document, report)
  checkRecording(document, report)
  checkPolicy(document, report)
}
