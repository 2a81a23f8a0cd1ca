/** One mistake in a config file: where it stands, and what to write instead. Lines and columns count from 1. */
export interface ConfigProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `routes[0].serve`; empty for the file as a whole. */
  readonly path: string
  /** What is wrong. What is allowed. Did you mean ...? */
  readonly message: string
}

/** One line for people and editors: `routes.yaml:7:13 routes[0].serve: what is wrong.` */
export function formatProblem(problem: ConfigProblem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`
  return problem.path === '' ? `${place} ${problem.message}` : `${place} ${problem.path}: ${problem.message}`
}
