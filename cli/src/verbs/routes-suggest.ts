import { resolve } from 'node:path'
import { readRecording, suggestionText, suggestRoutes } from '@banyan/toolkit/traffic'
import type { Command } from 'commander'
import type { Shell } from '../shell.ts'

interface SuggestFlags {
  readonly legacy: string
  readonly json?: true
}

/** `banyan routes suggest RECORDING`: proposes a route table from what was seen. */
export function addRoutesSuggest(routes: Command, shell: Shell): void {
  routes
    .command('suggest')
    .summary('propose a route table from a recording: path templates, shares, reads and writes')
    .description('Prints YAML with comments that is valid as it is, and in which nothing has moved yet.')
    .argument('<recording>', 'a file or folder that banyan record or banyan recording import made')
    .option('--legacy <url>', 'where the legacy application answers', 'http://localhost:3000')
    .option('--json', 'what was seen, as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan recording import access.log --out all.ndjson\n  banyan routes suggest all.ndjson --legacy http://localhost:3000 > routes.yaml\n  banyan routes check',
    )
    .action(async (recording: string, flags: SuggestFlags) => await suggest(recording, flags, shell))
}

async function suggest(path: string, { legacy, json }: SuggestFlags, shell: Shell): Promise<void> {
  const recording = readRecording(resolve(shell.cwd, path))
  const suggestion = await suggestRoutes(recording)
  if (json === true) shell.out(JSON.stringify({ formatVersion: 1, ...suggestion }))
  else shell.out(suggestionText(suggestion, { legacy, source: path }).trimEnd())
  if (suggestion.requests === 0) shell.say('! the recording holds no exchange')
  const { malformed } = recording.report()
  if (malformed > 0) shell.say(`! ${malformed} lines are no exchange and were left out`)
}
