import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Command } from 'commander'
import type { Shell } from '../shell.ts'

/** `banyan completion bash|zsh`: a script that completes verbs and options; made from the verbs as they are. */
export function addCompletion(program: Command, shell: Shell): void {
  program
    .command('completion')
    .summary('print a script that completes verbs and options in bash or zsh')
    .argument('<shell>', 'bash or zsh')
    .addHelpText('after', '\nExample:\n  source <(banyan completion bash)')
    .action((name: string) => shell.out(completion(name, program)))
}

function completion(name: string, program: Command): string {
  switch (name) {
    case 'bash':
      return bash(program)
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(program)}`
    default:
      throw new Fault('shell-unknown', `no completion for "${name}"`, {
        hint: 'bash or zsh',
        exitCode: exitCodes.usage,
      })
  }
}

function bash(program: Command): string {
  const cases = program.commands.flatMap((verb) => [verb, ...verb.commands]).map(caseOf)
  return `_banyan() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="\${COMP_WORDS[1]} \${COMP_WORDS[2]}" words
  case "$path" in
${cases.sort(longestFirst).join('\n')}
    *) words="${program.commands.map((verb) => verb.name()).join(' ')}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${program.commands.map((verb) => verb.name()).join(' ')} --help --version"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _banyan banyan`
}

function caseOf(command: Command): string {
  const words = [
    ...command.commands.map((verb) => verb.name()),
    ...command.options.flatMap(({ long }) => long ?? []),
    '--help',
  ]
  const parent = command.parent?.parent === null || command.parent === null ? '' : `${command.parent.name()} `
  return `    "${parent}${command.name()}${parent === '' ? ' ' : ''}"*) words="${words.join(' ')}" ;;`
}

function longestFirst(a: string, b: string): number {
  return b.indexOf('"*') - a.indexOf('"*')
}
