# lead/version.h, made from its .in: FOLDER, in the build's own folder, is then to be searched for headers. The version is
# LEAD_RELEASE, not the project's: as a part of another project's build there is none of ours.
function(lead_version_header folder)
  string(REPLACE "." ";" numbers ${LEAD_RELEASE})
  list(GET numbers 0 LEAD_RELEASE_MAJOR)
  list(GET numbers 1 LEAD_RELEASE_MINOR)
  list(GET numbers 2 LEAD_RELEASE_PATCH)
  configure_file(module/include/lead/version.h.in ${folder}/lead/version.h @ONLY)
endfunction()
