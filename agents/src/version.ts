/** Version of the driver and of the report it prints. */
export const version = '0.1.0'
