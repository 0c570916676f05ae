with

of_files as (

    select * from {{ ref('stg_findings') }}

),

dangling_reversals as (

    select * from {{ ref('int_dangling_reversals') }}

),

final as (

    select
        severity,
        code,
        source_file,
        message
    from of_files

    union all

    select
        'note' as severity,
        'dangling_reversal' as code,
        source_file,
        'Entry ' || entry_no || ' reverses ' || coalesce(reverses, 'nothing') || ', '
        || case reason
            when 'circular' then 'which reverses it in turn'
            when 'no_target' then 'so it undoes nothing'
            else 'which is no loaded entry, so it undoes nothing'
        end as message
    from dangling_reversals

)

select * from final
