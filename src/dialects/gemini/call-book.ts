/**
 * Pairs function calls with their responses. Gemini pairs them by name and order and leaves ids
 * out; the other dialects pair them by id, so calls without one get `call_<n>`.
 */
export interface CallBook {
  /** The id of a call. */
  call(id: string | null, name: string): string
  /** The id of the call a response answers; null where no call before it is left to answer. */
  answer(id: string | null, name: string): string | null
}

/** `givenIds` are all ids the client uses, so that none is made up twice. */
export function createCallBook(givenIds: ReadonlySet<string>): CallBook {
  const waiting: { readonly id: string; readonly name: string }[] = []
  let made = 0

  const makeId = (): string => {
    made++
    const id = `call_${made}`
    return givenIds.has(id) ? makeId() : id
  }

  return {
    call(given, name) {
      const id = given ?? makeId()
      waiting.push({ id, name })
      return id
    },
    answer(given, name) {
      const byId = waiting.findIndex((call) => call.id === given)
      const at = byId >= 0 ? byId : waiting.findIndex((call) => call.name === name)
      const [found] = at >= 0 ? waiting.splice(at, 1) : []
      return found?.id ?? null
    },
  }
}
