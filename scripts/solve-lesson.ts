import { setTimeout as delay } from 'node:timers/promises'
import type { LessonOutcome } from '../migration-plans/workshop/check.ts'
import { banyan } from './banyan.ts'
import type { Lesson } from './lessons.ts'
import type { WorkshopStack } from './workshop-demo.ts'

const seenWithinMs = 20_000

/** Runs a lesson's solution, and waits until its check sees the goal, 20 seconds at most. */
export async function solveLesson(
  demo: WorkshopStack,
  lesson: Lesson,
  onCommand: (args: readonly string[]) => void,
): Promise<LessonOutcome> {
  for (const args of lesson.solution) {
    onCommand(args)
    const code = await banyan({ args, env: demo.env })
    if (code !== 0) return { reached: false, missing: `"${commandLine(args)}" ended with exit code ${code}` }
  }
  const deadline = performance.now() + seenWithinMs
  for (;;) {
    const outcome = await lesson.check(demo)
    if (outcome.reached || performance.now() > deadline) return outcome
    await delay(250)
  }
}

/** A `banyan` command as a person would type it. */
export function commandLine(args: readonly string[]): string {
  return ['banyan', ...args.map((word) => (/\s/.test(word) ? `"${word}"` : word))].join(' ')
}
