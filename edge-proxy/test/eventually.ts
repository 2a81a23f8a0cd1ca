/** Polls until `check` gives a value that is neither false nor undefined, and returns it; throws its last error after 15 s. */
export async function eventually<Value>(
  check: () => Value | Promise<Value>,
  withinMs = 15_000,
): Promise<Exclude<Value, false | undefined | null>> {
  const end = performance.now() + withinMs
  let last: unknown = new Error('it never held')
  while (performance.now() < end) {
    try {
      const value = await check()
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<Value, false | undefined | null>
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw last
}
