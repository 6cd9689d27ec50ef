/** The same question may well be answered in a moment. */
export class AskAgain extends Error {}
