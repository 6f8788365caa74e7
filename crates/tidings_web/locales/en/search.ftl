# What the search of the dashboard says.
nav-search = Search
search-lead = A message by its id, the id of its event or a tag, and requests by the text of an error.
search-what = Id, event id, tag or error
search-app-hint = optional, its id or uid: searches further
search-nothing-lead = Check what you typed, or name the application to search further.
search-found = What was found
search-by = Found by
search-error = Text of an error
search-window =
    { $count ->
        [one] { $count } application was searched.
       *[other] { $count } applications were searched, the newest first.
    }
search-window-deep = Tags and errors since { $since }, applications: { $applications }, endpoints: { $endpoints }.
search-window-more = There may be more behind that.
