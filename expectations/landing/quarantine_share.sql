-- One row a source: how much of it could not be read. Rows that only refer to something missing are left out,
-- since one bad row elsewhere may send many of them to quarantine. Of a few rows a share says nothing.
with

files as (

    select
        source,
        source_file,
        rows_read
    from landing.source_files

),

unreadable as (

    select
        source_file,
        count(*) as rows_unreadable
    from landing.quarantine
    where reason_code not in ('unknown_event', 'unknown_member')
    group by source_file

),

sources as (

    select
        files.source,
        sum(files.rows_read) as rows_read,
        sum(coalesce(unreadable.rows_unreadable, 0)) as rows_unreadable
    from files
    left join unreadable
        on files.source_file = unreadable.source_file
    group by files.source

),

final as (

    select
        source,
        rows_read,
        rows_unreadable,
        case when rows_read >= 20 then 100 * rows_unreadable / rows_read end as percent_unreadable
    from sources

)

select * from final
order by source
