import { isScalar } from 'yaml'
import { parsePercent } from './serve.ts'
import { members, optional, type Shape, text, type Written } from './shape.ts'

/** What of the traffic gets a line in the access log. */
export interface AccessLogRule {
  /** The share of requests that get one, 0 to 100; what failed always does. */
  readonly percent: number
}

/** Whether answers tell who gave them and how long it took: of the whole table, and of a route, which goes before. */
export const exposeShape: Shape<Written<boolean>> = {
  schema: {
    type: 'boolean',
    description: 'Whether answers carry Server-Timing and X-Served-By, which tell clients of your arms. Default false.',
  },
  read(node, report) {
    if (isScalar(node) && typeof node.value === 'boolean') return { value: node.value, node }
    report.at(node, 'it is neither true nor false. Allowed: true, false.')
    return undefined
  },
}

/** The `access-log` section as it is written. */
export const accessLogShape = members(
  {
    share: optional(
      text('Allowed: 0% to 100%, in steps of 0.01%.', parsePercent, {
        pattern: '^\\d{1,3}(\\.\\d{1,2})? ?%$',
        description: 'The share of requests that get a line; those that failed always do. Default 100%.',
      }),
    ),
  },
  { description: 'What of the traffic gets a line in the access log.' },
)

type Read<S> = S extends Shape<infer T> ? T : never

/** Makes the `access-log` section into what the log goes by. */
export function compileAccessLog(section: Read<typeof accessLogShape> | undefined): AccessLogRule {
  return { percent: section?.share?.value ?? 100 }
}
