import { isAbsolute, relative, sep } from 'node:path'

/** A file as people call it: relative to the working directory when it is below it, else as it is. */
export function near(file: string, cwd: string): string {
  const path = relative(cwd, file)
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path
}

/** A text for people in which files below the working directory are called as `near` calls them. */
export function nearAll(text: string, cwd: string): string {
  return text.replaceAll(cwd.endsWith(sep) ? cwd : `${cwd}${sep}`, (prefix, at: number) =>
    at === 0 || /[\s"'(:]/.test(text.charAt(at - 1)) ? '' : prefix,
  )
}
