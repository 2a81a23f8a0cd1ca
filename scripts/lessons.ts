import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LessonCheck } from '../migration-plans/workshop/check.ts'
import { root } from './child.ts'

/** One lesson of the workshop, read from its folder. */
export interface Lesson {
  readonly name: string
  readonly title: string
  readonly story: string
  readonly goal: string
  readonly hint: string
  /** The arguments of each `banyan` command of the solution, in order. */
  readonly solution: readonly (readonly string[])[]
  readonly check: LessonCheck
}

const folder = path.join(root, 'migration-plans/workshop')

/** All lessons, in order. */
export async function readLessons(): Promise<readonly Lesson[]> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  return Promise.all(names.sort().map(readLesson))
}

async function readLesson(name: string): Promise<Lesson> {
  const text = readFileSync(path.join(folder, name, 'lesson.md'), 'utf8')
  const [head = '', ...sections] = text.split(/^## /m)
  const [title = name, ...story] = head.split('\n')
  const section = (heading: string) =>
    sections
      .find((one) => one.startsWith(`${heading}\n`))
      ?.slice(heading.length)
      .trim() ?? ''
  const { check } = (await import(pathToFileURL(path.join(folder, name, 'check.ts')).href)) as { check: LessonCheck }
  return {
    name,
    title: title.replace(/^# /, ''),
    story: story.join('\n').trim(),
    goal: section('Goal'),
    hint: section('Hint'),
    solution: commandsIn(section('Solution')),
    check,
  }
}

/** The arguments of each line that begins with `banyan`, split as a shell splits words in double quotes. */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/^banyan (.*)$/gm)].map(([, line = '']) =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  )
}
