import { Command } from 'commander'
import type { Shell } from './shell.ts'
import { addCompletion } from './verbs/completion.ts'
import { addCutover } from './verbs/cutover.ts'
import { addDoctor } from './verbs/doctor.ts'
import { addEdge } from './verbs/edge.ts'
import { addFence } from './verbs/fence.ts'
import { addFlip } from './verbs/flip.ts'
import { addHistory } from './verbs/history.ts'
import { addInit } from './verbs/init.ts'
import { addPlan } from './verbs/plan.ts'
import { addRecord } from './verbs/record.ts'
import { addRecording } from './verbs/recording.ts'
import { addReplay } from './verbs/replay.ts'
import { addRoutes } from './verbs/routes.ts'
import { addSchema } from './verbs/schema.ts'
import { addStatus } from './verbs/status.ts'
import { addSync } from './verbs/sync.ts'
import { addTap } from './verbs/tap.ts'
import { addUndo } from './verbs/undo.ts'
import { addWhy } from './verbs/why.ts'

/** The `banyan` command with all its verbs; parsing rejects with a CommanderError instead of ending the process. */
export function buildProgram(shell: Shell, version: string): Command {
  const program = new Command('banyan')
    .description('Leave a monolith one route at a time.')
    .version(version, '-V, --version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help of a verb')
    .showSuggestionAfterError(true)
    .configureHelp({ sortSubcommands: false, helpWidth: shell.columns, minWidthToWrap: 30 })
    .configureOutput({
      writeOut: (text) => shell.out(text.trimEnd()),
      writeErr: (text) => shell.say(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'banyan: ')),
    })
    .exitOverride()
    .addHelpText('after', next)
  for (const add of verbs) add(program, shell)
  for (const command of allOf(program)) command.copyInheritedSettings(program)
  return program
}

const verbs = [
  addInit,
  addEdge,
  addStatus,
  addTap,
  addWhy,
  addRoutes,
  addFlip,
  addUndo,
  addHistory,
  addRecord,
  addRecording,
  addReplay,
  addSync,
  addFence,
  addCutover,
  addPlan,
  addDoctor,
  addSchema,
  addCompletion,
]

function allOf(command: Command): readonly Command[] {
  return command.commands.flatMap((each) => [each, ...allOf(each)])
}

const next = `
Exit codes:
  0 done                  4 invalid route table or plan     64 typed wrong
  1 unexpected            5 unreachable                    124 timeout
  2 differences           6 refused, nothing changed       130 Ctrl-C
  3 a gate did not open, a cutover was undone

Begin in front of any HTTP application:
  banyan init --legacy http://localhost:3000`
