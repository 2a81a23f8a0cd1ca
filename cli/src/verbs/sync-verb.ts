import type { Command } from 'commander'
import { type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'
import { type OpenCapability, withSync } from '../with-sync.ts'

/** The options that every verb of `banyan sync` has. */
export interface SyncOptions extends PlaceOptions {
  readonly json?: true
}

/** A verb of `banyan sync`: its help, and what it does with the open capability. */
export interface SyncVerb<Options extends SyncOptions> {
  readonly name: string
  readonly summary: string
  readonly description?: string
  /** Below the options in the help: the next command. */
  readonly next?: string
  /** Adds options and further arguments. */
  readonly shape?: (command: Command) => Command
  readonly run: (open: OpenCapability, options: Options, rest: readonly string[]) => Promise<void>
}

/** Adds a verb to `banyan sync`, with the capability as its first argument. */
export function addSyncVerb<Options extends SyncOptions>(sync: Command, shell: Shell, verb: SyncVerb<Options>): void {
  const { name, summary, description = '', next, run } = verb
  const command = withPlace(sync.command(name))
    .summary(summary)
    .description(description)
    .argument('<capability>', 'a capability of the route table, such as users')
    .option('--json', 'one JSON document')
  const shaped = verb.shape?.(command) ?? command
  shaped
    .addHelpText('after', `\nExample:\n  banyan sync ${name} users${next === undefined ? '' : `\nNext:\n  ${next}`}`)
    .action(async (...given: readonly unknown[]) => {
      const [capability, ...rest] = given.slice(0, -2).flat().map(String)
      const options = given.at(-2) as Options
      await withSync(capability ?? '', { options, shell }, (open) => run(open, options, rest))
    })
}
