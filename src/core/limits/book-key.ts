/** One text for each book: of which limit, and whose. */
export function bookKey(limitId: string, subject: string): string {
  return `${limitId}\n${subject}`
}
