import { exitCodes, Fault, nearestWord } from '../base/index.ts'
import { applyEdits, type Edit } from './edit.ts'
import { editValues } from './edit-values.ts'
import { invalidTable, type RefusedEdit } from './invalid-table.ts'
import { parseRouteTable, readDocument } from './parse.ts'
import type { Arm, RouteTable } from './route.ts'

/** Which capability's data is owned by which arm from now on. */
export interface OwnerMove {
  readonly capability: string
  readonly owner: Arm
}

/** The text with the owner in it (and no edits when it said so already); or why not: `capability-unknown` (exit 64) or `route-table-invalid` (exit 4). */
export type MovedOwner =
  | {
      readonly ok: true
      readonly text: string
      readonly edits: readonly Edit[]
      readonly before: Arm
      /** The route table of `text`. */
      readonly table: RouteTable
    }
  | RefusedEdit

/**
 * Changes the `owner` of one capability in the text of a route table. Only the value's bytes change (an owner that is
 * not written is inserted behind `service`); comments, layout and line ends stay. Pure; only a cutover may write the
 * result to a file, for the owner mirrors the databases.
 *
 * @example
 * moveOwner(text, 'routes.yaml', { capability: 'users', owner: 'service' })
 */
export function moveOwner(text: string, file: string, { capability, owner }: OwnerMove): MovedOwner {
  const { document, source } = readDocument(text, file)
  if (document === undefined || source.report.failed) return invalidTable(source.report.problems(source.root))
  const written = document.capabilities?.get(capability)
  if (written === undefined) return unknownCapability(capability, [...(document.capabilities?.keys() ?? [])])
  const before = written.owner?.value ?? 'legacy'
  const values: Readonly<Record<string, string>> = before === owner ? {} : { owner }
  const edits = editValues(text, written.node, { values, order: ['owner', 'service', 'legacy'] })
  const moved = applyEdits(text, edits)
  const after = parseRouteTable(moved, file)
  if (!after.ok) return invalidTable(after.problems)
  if (after.table.capabilities.get(capability)?.owner === owner) {
    return { ok: true, text: moved, edits, before, table: after.table }
  }
  throw new Error(`the edit of "${capability}" did not lead to owner: ${owner}`)
}

function unknownCapability(capability: string, known: readonly string[]): RefusedEdit {
  const near = nearestWord(capability, known)
  const message = `no capability "${capability}"${near === undefined ? '' : `. Did you mean "${near}"?`}`
  const hint = known.length === 0 ? 'the route table declares none' : `known: ${known.slice(0, 20).join(', ')}`
  return {
    ok: false,
    fault: new Fault('capability-unknown', message, { hint, exitCode: exitCodes.usage }),
    problems: [],
  }
}
