import { exitCodes, Fault, formatDurationMs, nearestWord } from '@banyan/toolkit/base'
import type { FenceMode, ObservedWriter } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { grid } from '../grid.ts'
import { jsonDocument } from '../json-document.ts'
import { ownersText } from '../owner-text.ts'
import { type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'
import { type OpenCapability, withSync } from '../with-sync.ts'

interface FenceOptions extends PlaceOptions {
  readonly json?: true
}

const modes = ['enforce', 'observe', 'off'] as const

/** `banyan fence CAPABILITY [MODE]`: what the fences do with writes by the arm that is not the owner, and whom observing ones saw. */
export function addFence(program: Command, shell: Shell): void {
  withPlace(program.command('fence'))
    .summary("who writes a capability's data, and what is done with writers that may not")
    .description(
      'Without a mode: shows the fences and whom they observed. enforce: a write by the arm that is not the owner is refused. observe: every write to owned columns passes, and is counted by table, columns and application: it finds the writers that nobody knew, before a cutover does. off: neither.',
    )
    .argument('<capability>', 'a capability of the route table, such as users')
    .argument('[mode]', modes.join(', '))
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan fence users observe\n  banyan fence users\nNext:\n  banyan cutover users --to service --dry-run',
    )
    .action(async (name: string, mode: string | undefined, options: FenceOptions) => {
      const wanted = mode === undefined ? undefined : parseMode(mode)
      await withSync(name, { options, shell }, (open) => fence(open, wanted, options))
    })
}

async function fence(open: OpenCapability, mode: FenceMode | undefined, { json }: FenceOptions): Promise<void> {
  const { sync, shell, name } = open
  if (mode !== undefined) await sync.observe(mode)
  const { owners } = await sync.status()
  const installed = owners.legacy !== undefined && owners.service !== undefined
  const observed = installed ? await sync.observed() : { legacy: [], service: [] }
  if (json === true) {
    const fences = { legacy: owners.legacy?.fence ?? null, service: owners.service?.fence ?? null }
    shell.out(jsonDocument({ capability: name, owners, fences, observed }))
    return
  }
  shell.out(`${name}: owner ${ownersText(owners)}`)
  shell.out(
    `fence: ${owners.legacy?.fence ?? 'none'} in legacy's database, ${owners.service?.fence ?? 'none'} in the service's`,
  )
  const writers = rowsOf(observed, shell.clock.now())
  if (writers.length > 0) shell.out(`\n${grid(shell, columns, writers)}`)
  else if (owners.legacy?.fence === 'observe' || owners.service?.fence === 'observe')
    shell.out('no writer was observed until now')
  if (mode !== undefined) shell.say(nextStep(name, mode))
}

const columns = [
  { head: 'database' },
  { head: 'table' },
  { head: 'write' },
  { head: 'columns' },
  { head: 'application' },
  { head: 'count', right: true },
  { head: 'last seen' },
]

type Observed = { readonly legacy: readonly ObservedWriter[]; readonly service: readonly ObservedWriter[] }

function rowsOf(observed: Observed, now: number): string[][] {
  return (['legacy', 'service'] as const).flatMap((arm) =>
    observed[arm].map(({ table, operation, columns, application, count, lastAt }) => [
      arm,
      table,
      operation,
      columns.join(', '),
      application ?? '',
      formatCount(count),
      `${formatDurationMs(Math.max(0, now - lastAt))} ago`,
    ]),
  )
}

function nextStep(name: string, mode: FenceMode): string {
  switch (mode) {
    case 'observe':
      return `whom it saw: banyan fence ${name}. Take it back: banyan fence ${name} enforce`
    case 'enforce':
      return `writes by the arm that is not the owner are refused. Only look: banyan fence ${name} observe`
    case 'off':
      return `nothing keeps the other arm from writing now. Take it back: banyan fence ${name} enforce`
  }
}

function parseMode(text: string): FenceMode {
  const mode = modes.find((each) => each === text)
  if (mode !== undefined) return mode
  const near = nearestWord(text, modes)
  throw new Fault(
    'fence-mode-unknown',
    `"${text}" is no mode of a fence${near === undefined ? '' : `. Did you mean "${near}"?`}`,
    {
      hint: `${modes.join(', ')}; without one it shows whom the fences saw`,
      exitCode: exitCodes.usage,
    },
  )
}
