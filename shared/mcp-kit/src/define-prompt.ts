import type { z } from 'zod'

/** A task that a person picks in their client, told to the model step by step. It only names tools; it calls none. */
export interface Prompt<Arguments extends z.ZodObject = z.ZodObject> {
  /** Lower case with dashes; the file has the same name. */
  name: string
  title: string
  /** For the person who picks it. */
  description: string
  /** A `z.strictObject`; clients hand over every argument as text, so each field takes text and is bounded. */
  arguments: Arguments
  // A method, so that a list may hold prompts of many schemas: methods' parameters are compared both ways.
  text(args: z.output<Arguments>): string
}

/** Declares a prompt. The identity function: it only makes the type of `text` follow from the schema. */
export function definePrompt<Arguments extends z.ZodObject>(prompt: Prompt<Arguments>): Prompt<Arguments> {
  return prompt
}
