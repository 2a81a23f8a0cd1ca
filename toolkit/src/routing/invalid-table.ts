import { exitCodes, Fault } from '../base/index.ts'
import { type ConfigProblem, formatProblem } from './config-problem.ts'

/** Why an edit of a route table was refused, with the problems of the file when it was (or would become) invalid. */
export interface RefusedEdit {
  readonly ok: false
  readonly fault: Fault
  readonly problems: readonly ConfigProblem[]
}

/** The refusal of a text that is no valid route table: `route-table-invalid` (exit 4), all problems in its message. */
export function invalidTable(problems: readonly ConfigProblem[]): RefusedEdit {
  const message = `the route table is not valid:\n${problems.map(formatProblem).join('\n')}`
  const fault = new Fault('route-table-invalid', message, { exitCode: exitCodes.invalidConfig })
  return { ok: false, fault, problems }
}
