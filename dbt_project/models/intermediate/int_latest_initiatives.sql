with

versions as (

    select * from {{ ref('stg_initiatives') }}

),

-- The last of an id in the file stands, whatever it says.
final as (

    select *
    from versions
    qualify
        row_number() over (
            partition by initiative_id
            order by source_line desc
        ) = 1

)

select * from final
