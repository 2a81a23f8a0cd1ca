import path from 'node:path'
import { createInterface, type Interface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { systemCodeOf } from '@banyan/toolkit/base'
import type { LessonOutcome } from '../migration-plans/workshop/check.ts'
import { type Lesson, readLessons } from './lessons.ts'
import { isLive, paintFor } from './paint.ts'
import { reflow } from './reflow.ts'
import { commandLine, solveLesson } from './solve-lesson.ts'
import { runningDemo, stateFolder } from './state.ts'
import { interrupted, runsAlready, tell } from './tell.ts'
import { startWorkshopDemo, type WorkshopStack } from './workshop-demo.ts'

const help = `npm run workshop              five lessons on a running demo; you work in a second terminal
npm run workshop -- --solve   works through them by itself`

const say = (text: string) => process.stdout.write(`${text}\n`)

await tell('workshop', main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { solve: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    say(help)
    return 0
  }
  const state = path.join(stateFolder(process.env), 'workshop')
  const other = runningDemo(state)
  if (other !== undefined) throw runsAlready('workshop', other.pid)
  say('Starting the shop, users service, sync worker, edge, and some shoppers ...\n')
  const demo = await startWorkshopDemo(state)
  const keyboard = values.solve || !process.stdin.isTTY ? undefined : openKeyboard()
  try {
    if (keyboard !== undefined) say(secondTerminal(demo))
    for (const lesson of await readLessons()) {
      say(`\n${lesson.title}\n\n${laid(lesson.story)}\n\n${laid(`Goal: ${lesson.goal}`)}\n`)
      const done = keyboard === undefined ? await solve(demo, lesson) : await teach(demo, lesson, keyboard)
      if (!done && keyboard !== undefined) say('The demo stops. npm run workshop begins anew.')
      if (!done) return keyboard === undefined ? 1 : 0
    }
    say(
      '\nThat was the workshop: you moved a route, proved it, moved a share, took everything back, and moved the writes.',
    )
    return 0
  } finally {
    keyboard?.close()
    await demo.stop()
  }
}

function laid(text: string): string {
  return reflow(text, Math.min(process.stdout.columns ?? 100, 100))
}

function openKeyboard(): Interface {
  return createInterface({ input: process.stdin, output: process.stdout })
}

function secondTerminal(demo: WorkshopStack): string {
  return `In a second terminal, in this folder, so that banyan speaks to this demo:

  export BANYAN_STATE=${demo.env.BANYAN_STATE}
  export BANYAN_ROUTES=${demo.env.BANYAN_ROUTES}`
}

/** Asks until the goal is reached; false when the person leaves. */
async function teach(demo: WorkshopStack, lesson: Lesson, keyboard: Interface): Promise<boolean> {
  for (;;) {
    const answer = (await ask(keyboard)).trim().toLowerCase()
    if (answer === 'q') return false
    if (answer === 'h') say(`\n${laid(lesson.hint)}\n`)
    else if (answer === 's') say(`\n${lesson.solution.map((args) => `npx ${commandLine(args)}`).join('\n')}\n`)
    else if (answer === 'd') return await solve(demo, lesson)
    else if (answer !== '') say(`"${answer}" is none of them.`)
    else {
      const outcome = await lesson.check(demo)
      say(shown(outcome))
      if (outcome.reached) return true
    }
  }
}

async function ask(keyboard: Interface): Promise<string> {
  const prompt = '[Enter] check   [h] hint   [s] solution   [d] do it for me   [q] quit   > '
  return await keyboard.question(prompt).catch((thrown: unknown) => {
    say('')
    throw systemCodeOf(thrown) === 'ABORT_ERR' ? interrupted('Ctrl-C') : thrown
  })
}

async function solve(demo: WorkshopStack, lesson: Lesson): Promise<boolean> {
  const outcome = await solveLesson(demo, lesson, (args) => say(`$ ${commandLine(args)}`))
  say(shown(outcome))
  return outcome.reached
}

function shown(outcome: LessonOutcome): string {
  const paint = paintFor(isLive(process.stdout, process.env))
  return outcome.reached ? `${paint.good('Reached')}: ${outcome.saw}.` : `${paint.bad('Not yet')}: ${outcome.missing}.`
}
