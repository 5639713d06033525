/** What a read tool answers, under an address that clients can show, attach to a conversation and read again. */
export interface Resource {
  /** An address such as `kubevigil://health`, or a template such as `kubevigil://incidents/{id}`. */
  uri: string
  /** Lower case with dashes. */
  name: string
  title: string
  /** For the person who picks it. */
  description: string
  /** The read tool whose answer it is. */
  tool: string
  /** The tool's arguments, from the variables of the template. */
  arguments: (variables: Readonly<Record<string, string>>) => Record<string, unknown>
}
