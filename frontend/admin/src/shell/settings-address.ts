/** The pattern of the settings' paths. */
export const SETTINGS = "/settings/*?";
