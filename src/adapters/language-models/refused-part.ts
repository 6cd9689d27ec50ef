/** Something in a conversation that no package can be given. The message is for the user. */
export class RefusedPart extends Error {}
