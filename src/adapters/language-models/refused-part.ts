/** Something in a conversation that no provider package can be given. The message is for the user. */
export class RefusedPart extends Error {}
