/** The member that marks a merged call as incomplete because its stream broke off. */
export const BROKEN_OFF = "gait_broken_off";
