with

versions as (

    select * from {{ ref('stg_cases') }}

),

-- The latest edit stands; of two on one day, the later in the file.
final as (

    select *
    from versions
    qualify
        row_number() over (
            partition by case_id
            order by updated_on desc, source_line desc
        ) = 1

)

select * from final
