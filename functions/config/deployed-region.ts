/** Where serverless.yml deploys to when nobody says otherwise. */
export const deployedRegion = 'eu-west-1';
