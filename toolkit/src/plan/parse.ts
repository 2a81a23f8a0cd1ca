import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../base/index.ts'
import type { ConfigProblem } from '../routing/index.ts'
import { checkOrder } from './order.ts'
import { parseStep } from './parse-step.ts'
import type { Plan, Step } from './plan.ts'
import { openReader, type Place, type Reader } from './reader.ts'

const maxSteps = 200

/** A plan, or everything that is wrong with it, with positions. */
export type ParsedPlan =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** The plan that a YAML text says; `file` only names it in problems. */
export function parsePlan(text: string, file: string): ParsedPlan {
  const reader = openReader(text, file)
  const plan = reader.problems.length > 0 ? undefined : planIn(reader, text, file)
  if (plan !== undefined && reader.problems.length === 0) return { ok: true, plan }
  return { ok: false, problems: inFileOrder(reader.problems) }
}

/** Reads and parses a plan; throws `plan-missing` or `plan-invalid` (exit 4), the latter with every problem. */
export async function readPlan(file: string): Promise<Plan> {
  const parsed = parsePlan(await textOf(file), file)
  if (parsed.ok) return parsed.plan
  const problems = parsed.problems.map(
    ({ line, column, path, message }) => `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
  )
  throw new Fault('plan-invalid', `the plan has ${problems.length} problem(s)\n${problems.join('\n')}`, {
    hint: 'docs/cli.md shows a whole plan',
    exitCode: exitCodes.invalidConfig,
  })
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    const why = systemCodeOf(thrown) === 'ENOENT' ? 'there is no such file' : messageOf(thrown)
    throw new Fault('plan-missing', `cannot read the plan ${file}: ${why}`, {
      hint: 'name a plan, such as: banyan plan status migration-plans/users.yaml',
      exitCode: exitCodes.invalidConfig,
      cause: thrown,
    })
  }
}

function planIn(reader: Reader, text: string, file: string): Plan | undefined {
  const entries = reader.entries(reader.root, ['capability', 'steps'])
  if (entries === undefined) return undefined
  const capability = capabilityIn(reader, entries.get('capability'))
  const steps = stepsIn(reader, entries.get('steps'))
  if (capability === undefined || steps === undefined) return undefined
  return { capability, file, revision: createHash('sha256').update(text).digest('hex').slice(0, 12), steps }
}

function capabilityIn(reader: Reader, place: Place | undefined): string | undefined {
  const name = place && reader.word(place)
  return name || reader.say(place ?? reader.root, '"capability" is missing: the capability that moves, such as users.')
}

function stepsIn(reader: Reader, place: Place | undefined): readonly Step[] | undefined {
  const places = place && reader.items(place)
  if (place === undefined) return reader.say(reader.root, '"steps" is missing: a list such as [backfill, follow].')
  if (places === undefined) return undefined
  if (places.length === 0 || places.length > maxSteps) return reader.say(place, `1 to ${maxSteps} steps are wanted.`)
  const steps = places.map((step, index) => parseStep(reader, step, index + 1))
  checkOrder(reader, places, steps)
  return steps.filter((step) => step !== undefined)
}

function inFileOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
}
