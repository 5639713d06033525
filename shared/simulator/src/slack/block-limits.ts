/*
 * Limits of Block Kit as the JSDoc of @slack/types 3.2.0 states them, in characters and items.
 * Lengths are counted in UTF-16 units: never less than what Slack may count.
 */

/** Of a whole message. */
export const messageLimits = {
  blocks: 50,
  /** Over all texts of all blocks: documented nowhere, seen at about this number (slackapi/bolt-js#2509). */
  totalText: 13_200,
}

/** Of the parts of a block. */
export const limits = {
  id: 255,
  header: 150,
  sectionText: 3000,
  fields: 10,
  fieldText: 2000,
  contextElements: 10,
  contextText: 3000,
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  altText: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  markdown: 12_000,
  tableRows: 100,
  tableCells: 20,
}

/** Blocks that may stand in a message and are taken as they are, but for their block_id. */
export const otherBlocks = new Set([
  'alert',
  'card',
  'carousel',
  'container',
  'context_actions',
  'data_table',
  'file',
  'input',
  'plan',
  'rich_text',
  'task_card',
  'video',
])

/** Elements that may stand in an actions block or beside a section. */
export const interactiveElements = new Set([
  'button',
  'channels_select',
  'checkboxes',
  'conversations_select',
  'datepicker',
  'datetimepicker',
  'external_select',
  'multi_channels_select',
  'multi_conversations_select',
  'multi_external_select',
  'multi_static_select',
  'multi_users_select',
  'overflow',
  'radio_buttons',
  'static_select',
  'timepicker',
  'users_select',
  'workflow_button',
])
