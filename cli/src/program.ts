import { Command } from 'commander'
import type { Shell } from './shell.ts'

type AddVerb = (program: Command, shell: Shell) => void

/**
 * The `banyan` command with the verb that `args` names, or with all where they name none: an edge that runs for months need not
 * hold what replays, plans and syncs in memory. Parsing rejects with a CommanderError instead of ending the process.
 */
export async function buildProgram(args: readonly string[], shell: Shell, version: string): Promise<Command> {
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
  for (const add of await verbsFor(args)) add(program, shell)
  for (const command of allOf(program)) command.copyInheritedSettings(program)
  return program
}

/** In the order in which help lists them; each is loaded when it is needed. */
const verbs: Readonly<Record<string, () => Promise<AddVerb>>> = {
  init: async () => (await import('./verbs/init.ts')).addInit,
  edge: async () => (await import('./verbs/edge.ts')).addEdge,
  status: async () => (await import('./verbs/status.ts')).addStatus,
  tap: async () => (await import('./verbs/tap.ts')).addTap,
  why: async () => (await import('./verbs/why.ts')).addWhy,
  routes: async () => (await import('./verbs/routes.ts')).addRoutes,
  flip: async () => (await import('./verbs/flip.ts')).addFlip,
  undo: async () => (await import('./verbs/undo.ts')).addUndo,
  history: async () => (await import('./verbs/history.ts')).addHistory,
  record: async () => (await import('./verbs/record.ts')).addRecord,
  recording: async () => (await import('./verbs/recording.ts')).addRecording,
  replay: async () => (await import('./verbs/replay.ts')).addReplay,
  sync: async () => (await import('./verbs/sync.ts')).addSync,
  fence: async () => (await import('./verbs/fence.ts')).addFence,
  cutover: async () => (await import('./verbs/cutover.ts')).addCutover,
  plan: async () => (await import('./verbs/plan.ts')).addPlan,
  doctor: async () => (await import('./verbs/doctor.ts')).addDoctor,
  schema: async () => (await import('./verbs/schema.ts')).addSchema,
  completion: async () => (await import('./verbs/completion.ts')).addCompletion,
}

/** Help, a verb that was typed wrong and completion know all of them. */
async function verbsFor([first = '']: readonly string[]): Promise<readonly AddVerb[]> {
  const named = Object.hasOwn(verbs, first) && first !== 'completion' ? verbs[first] : undefined
  return await Promise.all((named === undefined ? Object.values(verbs) : [named]).map((load) => load()))
}

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
